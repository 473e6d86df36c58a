"""The models: whether they load, and do what they are for."""

from service.embedding.finding import Finding
from service.engine import Engine
from service.settings import Settings


def model_findings(settings: Settings) -> list[Finding]:
    """Whether the encoder tells a related sentence from an unrelated one, and the reader reads. Raises FootnotedError.

    The chat model is opened; nothing is sent.
    """
    try:
        return _tried(settings)
    except (ImportError, OSError, RuntimeError) as error:  # a library that lacks a file of its own
        return [Finding("models", "failed", f"A library does not load: {error}.", "Install Footnoted again.")]


def _tried(settings: Settings) -> list[Finding]:
    with Engine.open(settings) as engine:
        encoder = engine.store.encoder
        question = encoder.encode_questions(["Where was the meeting held?"])[0]
        near, far = (
            encoder.encode_passages(["The meeting took place in Geneva.", "Butter melts at 35 degrees."]) @ question
        )
        if not near > far:
            hint = "Install the model again, or name another in encoder.model."
            return [Finding("encoder", "failed", f"{encoder.name} gives senseless vectors.", hint)]
        engine.check_reader()
        engine.check_model()
        found = [
            Finding("encoder", "ok", f"{encoder.name}, {encoder.dimension} dimensions"),
            Finding("reader", "ok", engine.reader_name),
        ]
        if settings.model.name is not None:
            found.append(Finding("chat model", "ok", f"{settings.model.name} is set up; nothing was sent to it"))
        return found
