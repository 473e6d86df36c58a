"""The source page in French."""

from service.source.words.kinds import NAMES
from service.source.words.words import Words

WORDS = Words(
    code="fr",
    direction="ltr",
    cited_passage="Passage cité",
    page="Page {n}",
    page_of="Page {n} sur {total}",
    citations="Citations de la réponse",
    citation_of="{n} sur {total}",
    previous_citation="Citation précédente",
    next_citation="Citation suivante",
    previous_page="Page précédente",
    next_page="Page suivante",
    show_page="Afficher la page {n}",
    enlarge="Agrandir la page {n}",
    original_page="Page d’origine",
    copy_quote="Copier la citation",
    copy_link="Copier le lien",
    copied="Copié",
    copy_failed="Le navigateur empêche la copie",
    open_original="Ouvrir l’original",
    new_tab="s’ouvre dans un nouvel onglet",
    contents="Sommaire",
    text="Texte du document",
    table="Tableau",
    empty="Ce document ne contient pas de texte.",
    earlier="Partie précédente du document",
    later="Partie suivante du document",
    part="Une partie d’un long document est affichée : de {n} % à {total} %.",
    to_citation="Revenir au passage cité",
    newer="Le document a été remplacé par une version plus récente. Voici la plus récente.",
    still_there=(
        "Le document a été modifié après avoir été cité. Les mots cités y sont toujours, mot pour mot, et sont marqués."
    ),
    elsewhere="Les mots cités ne sont pas à l’endroit qu’indique le lien. Ils sont marqués là où ils se trouvent.",
    changed="Le document a été modifié après avoir été cité : les mots cités n’y sont plus.",
    similar_marked="Les plus proches sont marqués en pointillé.",
    document_changed="Document modifié",
    check_place="Vérifiez l’endroit",
    gone="Le document a été modifié après avoir été cité : les mots cités n’y sont plus, ni rien de semblable.",
    not_in_it="Les mots que cite le lien ne sont pas dans ce document.",
    unchecked=(
        "Le document a été modifié après avoir été cité et le lien ne donne pas les "
        "mots cités : leur place ne peut pas être vérifiée."
    ),
    nothing_marked="Rien n’est marqué.",
    old_words="Mots cités, d’après le lien",
    new_words="Mots les plus proches à présent",
    only_text_lit="Les mots n’ont pas été trouvés sur la page d’origine ; ils sont marqués dans le texte seulement.",
    no_page="La page d’origine ne peut pas être affichée : le fichier manque ou est endommagé.",
    not_drawn="La page d’origine ne peut pas être affichée ici ; l’original peut être ouvert.",
    removed="Ce document n’est plus ici.",
    removed_why="Il a été retiré, ou le lien est incomplet.",
    kinds=NAMES
    | {
        "text/html": "Page web",
        "text/plain": "Texte",
        "text/x-source": "Code source",
        "message/rfc822": "Courriel",
    },
)
