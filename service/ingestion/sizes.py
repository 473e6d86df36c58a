"""Sizes of passages that a collection has of its own."""

from pydantic import ValidationError

from core.errors import InvalidRequest
from service.setting_groups import IngestSettings


def checked_sizes(sizes: tuple[int, int]) -> tuple[int, int]:
    """Target and maximum tokens, within the limits that the settings have. Raises InvalidRequest."""
    try:
        IngestSettings(split_target=sizes[0], split_maximum=sizes[1])
    except ValidationError as error:
        faults = "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors())
        raise InvalidRequest(f"The sizes do not hold: {faults}.", "Give a target and a maximum in tokens.") from error
    return sizes
