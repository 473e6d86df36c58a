"""Which languages an encoder was trained on, by the model's name. Source: the models' cards."""

from index.encoder_names import canonical

_ENGLISH = frozenset({"en"})
_E5 = frozenset(
    "af am ar as az be bg bn br bs ca cs cy da de el en eo es et eu fa fi fr fy ga gd gl gu ha he hi hr hu hy id is it "
    "ja jv ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my ne nl no om or pa pl ps pt ro ru sa sd si sk sl so sq "
    "sr su sv sw ta te th tl tr ug uk ur uz vi xh yi zh".split()
)
_PARAPHRASE = frozenset(
    "ar bg ca cs da de el en es et fa fi fr gl gu he hi hr hu hy id it ja ka ko ku lt lv mk mn mr ms my no nl pl pt ro "
    "ru sk sl sq sr sv th tr uk ur vi zh".split()
)
# The first beginning that fits a model's name counts.
_BY_BEGINNING = (
    ("all-minilm-", _ENGLISH),
    ("all-mpnet-", _ENGLISH),
    ("all-distilroberta-", _ENGLISH),
    ("multi-qa-", _ENGLISH),
    ("msmarco-", _ENGLISH),
    ("e5-small", _ENGLISH),
    ("e5-base", _ENGLISH),
    ("e5-large", _ENGLISH),
    ("bge-small-en", _ENGLISH),
    ("bge-base-en", _ENGLISH),
    ("bge-large-en", _ENGLISH),
    ("multilingual-e5-", _E5),
    ("paraphrase-multilingual-", _PARAPHRASE),
)


def languages_of(model: str) -> frozenset[str] | None:
    """ISO 639-1 codes by a model's name or folder; None where nothing is known of it."""
    name = canonical(model).rstrip("/").rsplit("/", 1)[-1].lower()
    return next((languages for beginning, languages in _BY_BEGINNING if name.startswith(beginning)), None)
