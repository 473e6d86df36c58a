"""The source page in English."""

from service.source.words.kinds import NAMES
from service.source.words.words import Words

WORDS = Words(
    code="en",
    direction="ltr",
    cited_passage="Cited passage",
    page="Page {n}",
    page_of="Page {n} of {total}",
    citations="Citations of the answer",
    citation_of="{n} of {total}",
    previous_citation="Previous citation",
    next_citation="Next citation",
    previous_page="Previous page",
    next_page="Next page",
    show_page="Show page {n}",
    enlarge="Enlarge page {n}",
    original_page="Page as printed",
    copy_quote="Copy quote",
    copy_link="Copy link",
    copied="Copied",
    copy_failed="Copying is blocked by the browser",
    open_original="Open original",
    new_tab="opens in a new tab",
    contents="Contents",
    text="Text of the document",
    table="Table",
    empty="This document holds no text.",
    earlier="Earlier part of the document",
    later="Later part of the document",
    part="A part of a long document is shown: {n} % to {total} %.",
    to_citation="Back to the cited passage",
    newer="The document was replaced by a newer version. This is the newer one.",
    still_there=(
        "The document was changed after it was cited. The cited words are still in it, word for word, and are marked."
    ),
    elsewhere="The cited words are not at the place that the link names. They are marked where they are.",
    changed="The document was changed after it was cited: the cited words are no longer in it.",
    similar_marked="The most similar ones are marked with a dashed line.",
    document_changed="Document changed",
    check_place="Check the place",
    gone="The document was changed after it was cited: the cited words are no longer in it, and nothing like them.",
    not_in_it="The words that the link cites are not in this document.",
    unchecked=(
        "The document was changed after it was cited, and the link does not tell "
        "the cited words: their place cannot be checked."
    ),
    nothing_marked="Nothing is marked.",
    old_words="Cited words, as the link tells them",
    new_words="Most similar words now",
    only_text_lit="The words could not be found on the page as printed; they are marked in the text only.",
    no_page="The page as printed cannot be shown: the original file is missing or damaged.",
    not_drawn="The page as printed cannot be shown here; the original can be opened.",
    removed="This document is not here any more.",
    removed_why="It was removed, or the link is not complete.",
    kinds=NAMES
    | {
        "text/html": "Web page",
        "text/plain": "Text",
        "text/x-source": "Source code",
        "message/rfc822": "E-mail",
    },
)
