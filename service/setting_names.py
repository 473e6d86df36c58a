"""What somebody may have meant by a setting that there is none of."""

from collections.abc import Collection
from difflib import get_close_matches

_LIKE = 0.6
LIST_THEM = "`footnoted config --defaults` lists every setting."


def meant(unknown: Collection[str], known: Collection[str], separator: str = ".") -> str:
    """A hint: the nearest name of each, where one is near, by the whole name or by its last part."""
    found = {name: _nearest(name, known, separator) for name in unknown}
    told = [f"{near} for {name}" for name, near in found.items() if near is not None]
    return f"Did you mean {', '.join(told)}? {LIST_THEM}" if told else LIST_THEM


def _nearest(name: str, known: Collection[str], separator: str) -> str | None:
    last = name.rpartition(separator)[2]
    elsewhere = [one for one in known if one.rpartition(separator)[2] == last]
    if len(elsewhere) == 1:  # the right name in the wrong group
        return elsewhere[0]
    near = get_close_matches(name, known, 1, _LIKE)
    return near[0] if near else None
