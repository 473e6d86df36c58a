"""What Ray raises, as errors of Footnoted."""

from core.errors import EncoderUnavailable, FootnotedError, SettingsError

_NOT_INSTALLED = ("No module named", "failed to import")


def of_ours(error: BaseException) -> FootnotedError | None:
    """What code of Footnoted raised on a node, or that it is not there; None for everything else."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, FootnotedError):
        return cause
    if any(words in str(error) for words in _NOT_INSTALLED):
        return SettingsError(
            f"A node of the Ray cluster cannot run Footnoted: {last_line(error)}",
            "Start all nodes from one image, with the same version of Footnoted, Python and Ray.",
        )
    return None


def of_encoder(error: BaseException) -> FootnotedError:
    """What an encoder on a node raised."""
    return of_ours(error) or EncoderUnavailable(
        f"The encoder failed on the Ray cluster: {last_line(error)}",
        "Look at the logs of the node, its free memory, and encoder.batch_size.",
    )


def last_line(error: BaseException) -> str:
    """Of what Ray tells, which ends with the exception of the node."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else repr(error))[:500]
