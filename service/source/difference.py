"""Two wordings side by side: which of their words the other one does not have."""

import re
from difflib import SequenceMatcher

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+|\s+|[^\w\s]")
_MOST = 4000  # words; the comparison is quadratic at worst

Piece = tuple[str, bool]
"""A stretch of a wording, and whether it is only in this one."""


def differences(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Both wordings in pieces; together the pieces are the wording."""
    a, b = _WORD.findall(old), _WORD.findall(new)
    if max(len(a), len(b)) > _MOST:
        return [(old, False)], [(new, False)]
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, a0, a1, b0, b1 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if a0 < a1:
            left.append(("".join(a[a0:a1]), kind != "equal"))
        if b0 < b1:
            right.append(("".join(b[b0:b1]), kind != "equal"))
    return left, right
