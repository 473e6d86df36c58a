"""Whether a site can be kept as it is given."""

import re
from dataclasses import replace

from core.errors import InvalidRequest
from core.plain_text import printable
from index.catalog import check_name
from service.sites.origins import normal_origin
from service.sites.records import Site, SiteLook

_MAX_NAME = 100
_MAX_LINE = 200
_MAX_GREETING = 2000
_MAX_SUGGESTIONS = 10
_MAX_ORIGINS = 100
_ACCENT = re.compile(r"#[0-9a-f]{6}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


def checked_site(site: Site) -> Site:
    """The site with its origins and words in their normal form. Raises InvalidRequest."""
    name = _line("name", site.name, _MAX_NAME)
    if not name:
        raise InvalidRequest("A site needs a name.", "Any words that tell it from other sites.")
    check_name(site.collection)
    if len(site.origins) > _MAX_ORIGINS:
        raise InvalidRequest(f"A site has at most {_MAX_ORIGINS} origins.", "Use https://*.example.org for subdomains.")
    origins = tuple(dict.fromkeys(normal_origin(origin) for origin in site.origins))
    return replace(site, name=name, origins=origins, look=_checked_look(site.look))


def _checked_look(look: SiteLook) -> SiteLook:
    suggestions = tuple(line for one in look.suggestions if (line := _line("suggestion", one, _MAX_LINE)))
    if len(suggestions) > _MAX_SUGGESTIONS:
        raise InvalidRequest(f"At most {_MAX_SUGGESTIONS} questions can be suggested.", "Three or four are enough.")
    accent = look.accent.strip().lower() if look.accent else None
    if accent and not _ACCENT.fullmatch(accent):
        raise InvalidRequest(f"{look.accent!r} is not a colour.", "Write it as #0b57d0.")
    language = look.language.strip() if look.language else None
    if language and not _LANGUAGE.fullmatch(language):
        raise InvalidRequest(f"{look.language!r} is not a language tag.", "Write it as en, de or zh-Hant.")
    return replace(
        look,
        title=_line("title", look.title, _MAX_LINE),
        greeting=_words("greeting", look.greeting, _MAX_GREETING),
        suggestions=suggestions,
        placeholder=_line("placeholder", look.placeholder or "", _MAX_LINE) or None,
        language=language or None,
        accent=accent or None,
    )


def _line(what: str, text: str, limit: int) -> str:
    return " ".join(_words(what, text, limit).split())


def _words(what: str, text: str, limit: int) -> str:
    kept = printable(text).strip()
    if len(kept) > limit:
        raise InvalidRequest(f"The {what} has {len(kept)} characters; at most {limit} go.", "Shorten it.")
    return kept
