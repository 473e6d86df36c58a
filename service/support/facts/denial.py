"""Does a sentence deny? By the words and the endings of its language; rules that know no grammar."""

import re

_SPACED = {
    "en": r"not|never|no(?!\.?\s?\d)|nor|neither|none|nobody|nothing|nowhere|cannot|without(?!\sborders)|\w+n['’]t",
    "de": r"nicht|kein\w*|nie|niemals|niemand\w*|nichts|ohne(?!\sgrenzen)|weder|nirgends",
    "fr": r"pas|jamais|aucune?|rien|sans(?!\sfrontières)|ni|nul(?:le)?",
    "es": r"no|nunca|jamás|nadie|nada|ningun[oa]?|ningún|sin(?!\sfronteras)|tampoco|ni",
    "it": r"non|mai|nessun\w*|niente|nulla|senza(?!\sfrontiere)|né",
    "pt": r"não|nunca|jamais|ninguém|nada|nenhum\w*|sem(?!\sfronteiras)|nem",
    "nl": r"niet|geen|nooit|niemand|niets|zonder",
    "sv": r"inte|aldrig|ingen|inget|inga|utan",
    "pl": r"nie|nigdy|nikt|nic|bez|żad\w+|ani",
    # Not "nebo", "nejlepší", "neděle"; the past tense by its ending.
    "cs": r"ne|není|nejs\w+|nebud\w+|nemá\w*|nemaj\w+|nemoh\w+|nemůž\w+|nesm[íě]\w*|nelze|nev[íě]\w*|nech[ct]\w+"
    r"|ne(?!j|děl|sl|pál|apol)\w{2,}l[aoiy]?|nikdy|nikdo|nic|bez|žádn\w+",
    "tr": r"değil\w*|yok\w*|\w+m[ae]z(?:l[ae]r)?|\w+m[ae]d[ıi]\w*",
    "vi": r"không|chưa|chẳng|đừng",
    "id": r"tidak|bukan|belum|tanpa|jangan",
    "ru": r"не|ни|нет|нельзя|никогда|никто|ничего|без|невозможно",
    "uk": r"не|ні|немає|ніколи|ніхто|без",
    "ar": r"و?لا|لم|لن|ليس\w*|بدون|غير|دون",
    "fa": r"نه|نیست\w*|نمی\w*|بدون|هیچ\w*",
    "hi": r"नहीं|मत|बिना|न",
    "el": r"δεν|δε|μην?|ποτέ|χωρίς|κανείς|κανένα\w*",
    "he": r"לא|אין|בלי|אף|מעולם",
}
_UNSPACED = {
    "zh": "(?<!不得)不(?!得不|仅|但|同|断|少|过|管|论|久|止|只|惜|愧)"
    "|没(?!收)|未(?!来|成年)|无(?!锡|国界|线|论|数|人机)|非(?!常|洲|法)|勿|禁止",
    "ja": "(?<!少)ない|なか(?:った|れ)|ません|ず(?=[、。に])|禁止|不可",
    "ko": r"않|없|못|아니|(?<!\w)안\s|금지",
    "th": "ไม่|ไร้|ห้าม",
}
_DENIES = {language: re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.I) for language, words in _SPACED.items()}
_DENIES |= {language: re.compile(words) for language, words in _UNSPACED.items()}


def denies(text: str, language: str | None) -> bool | None:
    """None for a language that is not known here. ``language`` is an ISO 639-1 code."""
    pattern = _DENIES.get(language or "")
    return None if pattern is None else pattern.search(text) is not None
