"""The words of the source page: what a translation has to say."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One language. ``{n}`` and ``{total}`` stand for numbers; ``code`` is of ISO 639-1, ``direction`` ltr or rtl.

    ``kinds`` names formats by media type; those it leaves out are called by the media type itself.
    """

    code: str
    direction: str
    cited_passage: str
    page: str
    page_of: str
    citations: str
    citation_of: str
    previous_citation: str
    next_citation: str
    previous_page: str
    next_page: str
    show_page: str
    enlarge: str
    original_page: str
    copy_quote: str
    copy_link: str
    copied: str
    copy_failed: str
    open_original: str
    new_tab: str
    contents: str
    text: str
    table: str
    empty: str
    earlier: str
    later: str
    part: str
    to_citation: str
    newer: str
    still_there: str
    elsewhere: str
    changed: str
    similar_marked: str
    document_changed: str
    check_place: str
    gone: str
    not_in_it: str
    unchecked: str
    nothing_marked: str
    old_words: str
    new_words: str
    only_text_lit: str
    no_page: str
    not_drawn: str
    removed: str
    removed_why: str
    kinds: Mapping[str, str]
