"""The source page in Spanish."""

from service.source.words.kinds import NAMES
from service.source.words.words import Words

WORDS = Words(
    code="es",
    direction="ltr",
    cited_passage="Pasaje citado",
    page="Página {n}",
    page_of="Página {n} de {total}",
    citations="Citas de la respuesta",
    citation_of="{n} de {total}",
    previous_citation="Cita anterior",
    next_citation="Cita siguiente",
    previous_page="Página anterior",
    next_page="Página siguiente",
    show_page="Mostrar la página {n}",
    enlarge="Ampliar la página {n}",
    original_page="Página original",
    copy_quote="Copiar la cita",
    copy_link="Copiar el enlace",
    copied="Copiado",
    copy_failed="El navegador impide copiar",
    open_original="Abrir el original",
    new_tab="se abre en otra pestaña",
    contents="Índice",
    text="Texto del documento",
    table="Tabla",
    empty="Este documento no contiene texto.",
    earlier="Parte anterior del documento",
    later="Parte posterior del documento",
    part="Se muestra una parte de un documento largo: del {n} % al {total} %.",
    to_citation="Volver al pasaje citado",
    newer="El documento fue sustituido por una versión más reciente. Esta es la más reciente.",
    still_there=(
        "El documento cambió después de ser citado. Las palabras citadas siguen en él, literalmente, y están marcadas."
    ),
    elsewhere="Las palabras citadas no están donde indica el enlace. Están marcadas donde se encuentran.",
    changed="El documento cambió después de ser citado: las palabras citadas ya no están en él.",
    similar_marked="Las más parecidas están marcadas con línea discontinua.",
    document_changed="Documento cambiado",
    check_place="Compruebe el lugar",
    gone="El documento cambió después de ser citado: las palabras citadas ya no están en él, ni nada parecido.",
    not_in_it="Las palabras que cita el enlace no están en este documento.",
    unchecked=(
        "El documento cambió después de ser citado y el enlace no indica las "
        "palabras citadas: no se puede comprobar su lugar."
    ),
    nothing_marked="No hay nada marcado.",
    old_words="Palabras citadas, según el enlace",
    new_words="Palabras más parecidas ahora",
    only_text_lit="No se encontraron las palabras en la página original; solo están marcadas en el texto.",
    no_page="No se puede mostrar la página original: el archivo falta o está dañado.",
    not_drawn="La página original no se puede mostrar aquí; el original se puede abrir.",
    removed="Este documento ya no está aquí.",
    removed_why="Se ha retirado, o el enlace está incompleto.",
    kinds=NAMES
    | {
        "text/html": "Página web",
        "text/plain": "Texto",
        "text/x-source": "Código fuente",
        "message/rfc822": "Correo electrónico",
    },
)
