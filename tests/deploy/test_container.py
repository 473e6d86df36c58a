"""The Dockerfile and compose.yaml: what they name is there. An image is built elsewhere; see docs/operations.md."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from commands import check_command, check_words

from service.settings import Settings, defaults
from service.workers.master import AFTER_DRAIN_S

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
VARIABLES = {f"FOOTNOTED_{origin.name.replace('.', '__').upper()}" for origin in defaults()} | {"FOOTNOTED_CONFIG"}


def instructions(stage: str) -> list[tuple[str, str]]:
    lines = [line.split(maxsplit=1) for line in stage.splitlines() if line.strip() and not line.startswith("#")]
    return [(name, rest) for name, rest in lines]


BUILD, FINAL = (instructions(f"FROM {stage}") for stage in re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:])


def test_what_is_copied_is_there_and_sent_to_the_builder():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [source for name, rest in BUILD if name == "COPY" for source in shlex.split(rest)[:-1]]
    assert len(copied) > 8
    for source in copied:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in ignored, source


def test_every_package_of_the_wheel_is_copied():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    packages = re.search(r"\[tool.hatch.build.targets.wheel\]\npackages = (\[.*\])", text)
    assert packages is not None
    copied = {source for name, rest in BUILD if name == "COPY" for source in shlex.split(rest)[:-1]}
    assert {*json.loads(packages[1])} <= copied


def test_the_last_stage_installs_nothing_and_is_not_root():
    names = [name for name, _ in FINAL]
    assert not any(re.search(r"\b(pip|apt-get|apk|gcc)\b", rest) for name, rest in FINAL if name == "RUN")
    user = names.index("USER")
    assert FINAL[user][1] not in ("root", "0")
    assert user < names.index("ENTRYPOINT")
    assert "RUN" not in names[user:]


def test_everything_is_installed_by_its_hash():
    installs = [part for name, rest in BUILD if name == "RUN" for part in rest.split("&&") if "pip install" in part]
    of_lists = [part for part in installs if " -r " in part]
    assert len(of_lists) == 3
    assert all("--require-hashes" in part for part in of_lists)
    assert COMPOSE["services"]["footnoted"]["build"]["args"]["LOCK"] == "${FOOTNOTED_LOCK:-app}"
    for part in of_lists:
        name = part.rpartition(" -r ")[2].split()[0].rstrip(";")
        for lock in ("app", "app-ocr"):
            assert (ROOT / name.replace("${LOCK}", lock)).exists()


def test_the_image_starts_the_server_and_asks_it_how_it_is():
    told = dict(FINAL)
    check_words([*json.loads(told["ENTRYPOINT"]), *json.loads(told["CMD"])][1:])
    probe = re.search(r"127\.0\.0\.1:(\d+)(/\w+)", told["HEALTHCHECK"])
    assert probe is not None
    assert (probe[2], probe[1]) == ("/readyz", told["EXPOSE"])
    compile(json.loads(told["HEALTHCHECK"].partition("CMD")[2])[2], "HEALTHCHECK", "exec")


def test_the_environment_names_settings_that_there_are():
    of_image = [word.partition("=")[::2] for name, rest in FINAL if name == "ENV" for word in shlex.split(rest)]
    of_services = [pair for one in COMPOSE["services"].values() for pair in one.get("environment", {}).items()]
    named = {name: value for name, value in [*of_image, *of_services] if name.startswith("FOOTNOTED_")}
    own = named.pop("FOOTNOTED_DOMAIN")  # Caddy's
    assert "${FOOTNOTED_DOMAIN" in own
    assert len(named) >= 5
    assert {*named} <= VARIABLES


def test_the_settings_of_the_containers_hold(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name, value in COMPOSE["services"]["footnoted"]["environment"].items():
        monkeypatch.setenv(name, re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value))
    settings = Settings()
    assert settings.server.trusted_proxies == [COMPOSE["networks"]["inside"]["ipam"]["config"][0]["subnet"]]
    assert settings.model.api_key_file == Path("/run/secrets/model_key")


@pytest.mark.parametrize("name", ["footnoted", "backup"])
def test_a_container_may_write_its_volumes_only_and_has_no_privileges(name):
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    for volume in service["volumes"]:
        assert volume.partition(":")[0] in COMPOSE["volumes"]
    for secret in service.get("secrets", []):
        assert secret in COMPOSE["secrets"]


def test_it_is_published_on_this_machine_only():
    assert all(port.startswith("127.0.0.1:") for port in COMPOSE["services"]["footnoted"]["ports"])


def test_answers_may_come_to_their_end_before_it_is_killed():
    grace = int(COMPOSE["services"]["footnoted"]["stop_grace_period"].removesuffix("s"))
    assert grace > Settings.model_construct().server.drain_s + AFTER_DRAIN_S


def test_the_commands_in_it_are_commands():
    check_words(COMPOSE["services"]["footnoted"]["command"])
    (loop,) = COMPOSE["services"]["backup"]["command"]
    (line,) = re.findall(r"footnoted [^;]*", loop)
    check_command(line)
    told = re.findall(r"docker compose run --rm (footnoted [^#\n]*)", (ROOT / "compose.yaml").read_text("utf-8"))
    assert told
    for line in told:
        check_command(line)


def test_caddy_passes_to_the_port_that_the_image_listens_on():
    caddy = (ROOT / "deploy" / "caddy" / "Caddyfile").read_text(encoding="utf-8")
    assert re.findall(r"reverse_proxy (\S+)", caddy) == [f"footnoted:{dict(FINAL)['EXPOSE']}"]
    assert "flush_interval -1" in caddy


_LOADED = """
import sys
from pathlib import Path
import service.app, service.commands.ingest, service.jobs.worker, service.dialects.mcp_server
from service.engine import Engine
from service.settings import Settings
with Engine.open(Settings(data_dir=Path(sys.argv[1]))) as engine:
    engine.ingest([Path(p) for p in sys.argv[2:]])
    engine.warm_up()
    assert engine.search("Where was the conference held?")
    engine.ask("Where was the conference held?")
for module in list(sys.modules.values()):
    if getattr(module, "__file__", None):
        print(module.__file__)
for line in open("/proc/self/maps"):
    print(line.split()[-1])
"""


@pytest.mark.slow
def test_what_is_left_out_of_the_image_is_not_loaded(tmp_path):
    sys.path.insert(0, str(ROOT / "deploy"))
    try:
        from slim import unneeded
    finally:
        sys.path.pop(0)
    (packages,) = Path(sys.prefix).glob("lib/python3*/site-packages")
    gone = {path for path in unneeded(packages) if path.name != "__pycache__"}
    assert len(gone) > 20
    documents = sorted((ROOT / "tests" / "data" / "article").iterdir())
    ran = subprocess.run(
        [sys.executable, "-c", _LOADED, str(tmp_path / "data"), *map(str, documents)],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    loaded = {Path(line) for line in ran.stdout.splitlines() if line.startswith(str(packages))}
    assert len(loaded) > 500
    lost = {path for path in loaded if not gone.isdisjoint({path, *path.parents})}
    assert {path.relative_to(packages).parts[0] for path in lost} <= {"_distutils_hack"}  # of the .pth that goes too
