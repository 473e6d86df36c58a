from evals.engine_system import EngineSystem, without_secrets
from service.engine import Engine


def test_files_are_ingested_with_progress_and_failures_are_told(tmp_path, encoder, make_settings):
    settings, steps = make_settings(tmp_path / "data"), []
    files = [tmp_path / f"{name}.txt" for name in ("a", "bad", "c")]
    for file in files:
        file.write_text("" if file.stem == "bad" else f"Some words of {file.stem}.")
    with Engine.open(settings, encoder) as engine:
        system = EngineSystem(engine, settings, "default")
        outcome = system.ingest(files, steps.append)
        assert system.description()["index"]["documents"] == 2
    assert sum(steps) == 3
    assert outcome.added == 2
    assert [(skipped.uri, "is empty" in skipped.message) for skipped in outcome.skipped] == [(files[1].as_uri(), True)]
    assert outcome.failed == ()


def test_no_secret_reaches_a_report():
    values = {"model": "x", "api_key": "sk-1", "writer": {"AccessToken": "t", "max_words": 3, "password": None}}
    assert without_secrets(values) == {"model": "x", "writer": {"max_words": 3}}
