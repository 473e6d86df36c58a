"""The source page in German."""

from service.source.words.kinds import NAMES
from service.source.words.words import Words

WORDS = Words(
    code="de",
    direction="ltr",
    cited_passage="Zitierte Stelle",
    page="Seite {n}",
    page_of="Seite {n} von {total}",
    citations="Belege der Antwort",
    citation_of="{n} von {total}",
    previous_citation="Vorheriger Beleg",
    next_citation="Nächster Beleg",
    previous_page="Vorige Seite",
    next_page="Nächste Seite",
    show_page="Seite {n} zeigen",
    enlarge="Seite {n} vergrößern",
    original_page="Seite im Original",
    copy_quote="Zitat kopieren",
    copy_link="Link kopieren",
    copied="Kopiert",
    copy_failed="Der Browser verhindert das Kopieren",
    open_original="Original öffnen",
    new_tab="öffnet einen neuen Tab",
    contents="Inhalt",
    text="Text des Dokuments",
    table="Tabelle",
    empty="Dieses Dokument enthält keinen Text.",
    earlier="Früherer Teil des Dokuments",
    later="Späterer Teil des Dokuments",
    part="Gezeigt wird ein Teil eines langen Dokuments: {n} % bis {total} %.",
    to_citation="Zurück zur zitierten Stelle",
    newer="Das Dokument wurde durch eine neuere Fassung ersetzt. Dies ist die neuere.",
    still_there=(
        "Das Dokument wurde nach dem Zitieren geändert. Die zitierten Worte "
        "stehen noch wörtlich darin und sind markiert."
    ),
    elsewhere="Die zitierten Worte stehen nicht dort, wohin der Link zeigt. Sie sind markiert, wo sie stehen.",
    changed="Das Dokument wurde nach dem Zitieren geändert: Die zitierten Worte stehen nicht mehr darin.",
    similar_marked="Die ähnlichsten sind gestrichelt markiert.",
    document_changed="Dokument geändert",
    check_place="Stelle prüfen",
    gone=(
        "Das Dokument wurde nach dem Zitieren geändert: Die zitierten Worte stehen "
        "nicht mehr darin, und auch nichts Ähnliches."
    ),
    not_in_it="Die Worte, die der Link zitiert, stehen nicht in diesem Dokument.",
    unchecked=(
        "Das Dokument wurde nach dem Zitieren geändert, und der Link nennt die "
        "zitierten Worte nicht: Ihre Stelle lässt sich nicht prüfen."
    ),
    nothing_marked="Nichts ist markiert.",
    old_words="Zitierte Worte, wie der Link sie nennt",
    new_words="Ähnlichste Worte jetzt",
    only_text_lit="Auf der Originalseite waren die Worte nicht zu finden; sie sind nur im Text markiert.",
    no_page="Die Originalseite kann nicht gezeigt werden: Die Originaldatei fehlt oder ist beschädigt.",
    not_drawn="Die Originalseite kann hier nicht gezeigt werden; das Original lässt sich öffnen.",
    removed="Dieses Dokument ist nicht mehr hier.",
    removed_why="Es wurde entfernt, oder der Link ist unvollständig.",
    kinds=NAMES
    | {
        "text/html": "Webseite",
        "text/plain": "Text",
        "text/x-source": "Quelltext",
        "message/rfc822": "E-Mail",
    },
)
