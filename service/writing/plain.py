"""What a model writes, made plain text: no link, image or HTML that a client could load or follow by itself.

A model that obeys an instruction in a document could put what it knows into an address ("exfiltration by link or
image"). An address that stands in a passage word for word is a quotation, and stays; any other goes.
"""

import re
import unicodedata

REMOVED = "(link removed)"

# All runs are possessive and begin where nothing of theirs stands before: linear, whatever the text.
_LETTER = r"[a-z0-9\u00c0-\u024f\u0370-\u052f-]"
_DOT = r"[.．｡]"
_COLON = r"[:：]"
# Schemes that clients make links of without "//", and what browsers read as "//": https:/x, https:\\x, http:x.
_SCHEMES = (
    r"mailto|tel|sms|xmpp|skype|whatsapp|magnet|view-source|facetime|callto|sips?|geo|intent|tg|viber|weixin|webcal|"
    r"bitcoin|ethereum|cid|https?|ftps?|sftp|file|wss?|ssh|ircs?|ldaps?|javascript|vbscript|blob"
)
# Last parts of names that clients make links of without a scheme and a path: of countries, and the common others.
_ENDINGS = (
    r"[a-z]{2}|com|net|org|edu|gov|mil|int|biz|info|name|pro|web|xxx|aero|asia|coop|museum|jobs|mobi|app|dev|xyz|top|"
    r"site|online|shop|store|tech|cloud|page|link|click|zip|mov|live|world|club|blog|news|space|website|fun|icu|arpa|"
    r"example|test|onion|xn--[a-z0-9-]+"
)
_ADDRESS = re.compile(
    rf"(?:(?<![a-z0-9+.-])[a-z0-9+.-]*+{_COLON}[/／\\]{{2}}|"
    rf"\b(?:{_SCHEMES}){_COLON}(?=\S)|\bdata{_COLON}(?=\w+/|[\w;=/+.-]*+,)|www{_DOT}|(?<![\w:/])//(?=\w)|"
    rf"(?<![\w.+%-])[\w.+%-]++@(?=[\w-]++{_DOT}\w)|"
    rf"(?<!{_LETTER})(?<![.@])(?:{_LETTER}++{_DOT}(?={_LETTER}))++"
    rf"(?:(?:{_ENDINGS})(?!{_LETTER})|(?=[a-z]){_LETTER}++(?=[/／?#]\w|{_COLON}\d))|"
    rf"(?<![\w.])\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?=[/?#]\w|:\d))"
    r"[^\s<>\"'`|)\]}]*+",
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
        # All of it: a part of a longer address is another address.
        before = sources[max(0, at - 2) : at]
        after = sources[at + len(bare) : at + len(bare) + 1]
        if (before.endswith("//") or not _goes_on(before[-1:], ".")) and not _goes_on(after, ""):
            return address
        at = sources.find(bare, at + 1)
    return REMOVED + address[len(bare) :]


def _goes_on(character: str, more: str) -> bool:
    return character != "" and (character.isalnum() or character in f"/?=&#%_-~+@:{more}")


def _is_seen(character: str) -> bool:
    return character in _NEEDED or unicodedata.category(character) not in _UNSEEN
