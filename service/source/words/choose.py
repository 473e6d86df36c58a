"""Which language a reader gets, by what the browser asks for."""

from service.source.words import ar, de, en, es, fr, ru, zh
from service.source.words.words import Words

LANGUAGES = {words.code: words for words in (en.WORDS, de.WORDS, es.WORDS, fr.WORDS, ru.WORDS, zh.WORDS, ar.WORDS)}
_MAX_RANGES = 50


def words_for(accept_language: str) -> Words:
    """The best of the header's languages that there is, by its weights; English where there is none."""
    ranked = []
    for place, item in enumerate(accept_language.split(",")[:_MAX_RANGES]):
        tag, _, parameters = item.partition(";")
        weight = _weight(parameters)
        words = LANGUAGES.get(tag.strip().lower().partition("-")[0])
        if words is not None and weight > 0:
            ranked.append((-weight, place, words))
    return min(ranked, key=lambda one: one[:2])[2] if ranked else en.WORDS


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
