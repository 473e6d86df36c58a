"""What a model writes, made plain text: no link, image or HTML that a client could load or follow by itself.

A model that obeys an instruction in a document could put what it knows into an address ("exfiltration by link or
image"). An address that stands in a passage word for word is a quotation, and stays; any other goes.
"""

import re
import unicodedata

REMOVED = "(link removed)"

_ADDRESS = re.compile(
    r"(?:[a-z0-9+.-]*:/{2}|(?:mailto|tel|sms|xmpp):(?=[\w+])|(?:javascript|vbscript|blob):(?=\S)|data:(?=\w+/)|"
    r"www\.|(?<![\w:/])//(?=\w))"
    r"[^\s<>\"'`|)\]}]*(?:\([^\s()]*\)[^\s<>\"'`|)\]}]*)*",
    re.IGNORECASE,
)
# What a browser runs or shows at once is no quotation, wherever it stands.
_NEVER = re.compile(r"(?:javascript|vbscript|blob|data):", re.IGNORECASE)
_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_TAG = re.compile(r"<(?=[a-z/!?])", re.IGNORECASE)
_JOINED = re.compile(r"\](?=[(\[:])")
_AT_END = ".,;:!?…"
_UNSEEN = ("Cf", "Cc", "Co", "Cn", "Cs")
_NEEDED = frozenset("\u200c\u200d")  # joiners, which Persian and Indian scripts and emoji are written with


def seen(text: str) -> str:
    """Without characters that are not seen, and with halves of characters (surrogates) that came in two pieces joined;
    a half without its other becomes U+FFFD."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join(c for c in whole if c in "\n\t" or _is_seen(c))


def plain(text: str, sources: str) -> str:
    """``text`` is whole words; ``sources`` the text of the passages in which its addresses may stand."""
    cut = _ADDRESS.sub(lambda match: _quoted(match.group(), sources), text)
    # A bracket with a space after it begins no Markdown link or image; an entity could spell what was taken out.
    apart = _JOINED.sub("] ", _TAG.sub("‹", cut)).replace("![", "! [")
    return _ENTITY.sub("& ", apart)


def _quoted(address: str, sources: str) -> str:
    bare = address.rstrip(_AT_END)
    if _NEVER.match(bare):
        return REMOVED
    at = sources.find(bare)
    while at >= 0:
        # All of it: the beginning of a longer address is another address.
        after = sources[at + len(bare) : at + len(bare) + 1]
        if not after or not (after.isalnum() or after in "/?=&#%_-~+@:"):
            return address
        at = sources.find(bare, at + 1)
    return REMOVED + address[len(bare) :]


def _is_seen(character: str) -> bool:
    return character in _NEEDED or unicodedata.category(character) not in _UNSEEN
