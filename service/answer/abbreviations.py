"""Does a full stop end its sentence, or is it part of an abbreviation, an initial or an ordinal?

Told by the word before it and the word after it, for several languages at once, since documents mix them. Where both
readings are common ("in 1812 г. Наполеон", "44 v. Chr. Er"), the next word decides: a word that begins sentences rather
than names begins one.
"""

import re

# Never the end, whatever follows.
_TITLES = frozenset(
    "mr mrs ms dr prof st sr jr gen col lt sgt capt cpt cmdr adm rep sen gov pres rev hon messrs mme mlle mt ft cf vs "
    "approx ca viz al "
    # German, Dutch, Scandinavian
    "bzw hr fr frl nr abs bd bde hrsg evtl ggf inkl exkl vgl tel geb gest aufl allg bes sog zzgl abzgl dipl ing "
    "ggü bspw einschl dhr mevr bijv blz resp "
    # French, Spanish, Italian, Portuguese
    "mmes mlles env éd boul sra srta dra ud uds vd vds núm pág págs aprox lic gral excmo excma avda ee sig dott avv "
    "pagg exmo exma "
    # Russian, Ukrainian, Polish, Czech
    "ср ул пл просп пер акад проф доц напр англ лат греч фр гл вул ім див напр np ul św godz tzn "
    "tzw tzv např mj "
    # Turkish, Vietnamese, Hindi, Arabic
    "tp ts pgs ths डॉ प्रो श्री".split()
)
# Not the end before a figure: "No. 5", but "The answer was no."
_BEFORE_FIGURES = frozenset(
    "no nos fig figs eq eqs sec secs art arts vol vols pp ch chap par para est kap str max min mind abb ziff rn "
    "стр ст кв рис табл".split()
)
# Months, days and the like: the end, unless a figure follows, as in "Dec. 27".
_MAYBE = frozenset(
    "inc corp co ltd llc plc bros etc dept univ assn ave blvd rd jan feb mar apr jun jul aug sep sept oct nov dec "
    "mon tue wed thu fri sat sun a.m p.m ph.d m.d b.a m.a".split()
)
# A bracket after one gives its short name: "Figma, Inc. (“Figma”)", "Foot Locker, Inc. (NYSE: FL)".
_COMPANIES = frozenset("inc corp co ltd llc plc bros".split())
# Mostly not the end, as in "the U.S. Senate": only before a word that begins sentences.
_PLACES = frozenset(
    "u.s u.k u.n e.u u.s.a d.c chr j.-c mio mrd usw u.a u.ä o.ä jh jhd jhdt uu г гг в вв р рр тыс млн млрд руб чел "
    "см им tys mln mld r w n.e e.c a.c v.chr n.chr".split()
)
_MEASURES = frozenset({"см"})  # the end after a figure; else "see", before a title
# Letters with points that do end sentences: "и т. д. Он".
_ENDS = frozenset("т.д т.п и.т.д и.т.п".split())
# "г. Москва", "с. Ивановка": a town or a village where no figure stands before.
_OF_A_PLACE = frozenset("г с д п м".split())
# "52 av. J.-C.", "p. ex.".
_BEFORE_LETTERS = frozenset("av apr ap".split())
_AFTER_A_LETTER = frozenset("ex ej".split())
_BEGINNERS = frozenset(
    "the a an this that these those it its he she we they his her our their i you there here in on at by for from with "
    "as if when while after before since although but and or so then however is are was were do does did who what "
    "where why how which some many most all no not one both each "
    "der die das ein eine er sie es wir ihr ich man im am an auf bei mit nach vor von zu seit aus für durch dieser "
    "diese dieses sein seine als wenn da dann doch aber und auch wie was wer wo warum nur noch danach später heute "
    "dort hier jedoch "
    "le la les un une il elle ils elles nous vous je ce cet cette ces son sa ses leur en au aux à dans par pour sur "
    "après avant depuis mais et puis ainsi cependant "
    "el los las él ella ellos ellas al para con desde tras después antes pero y su sus este esta estos estas se "
    "fue era "
    "lo gli nel nella alla per da dopo prima ma e poi questo questa si o os as um uma na em ao com depois mas ele ela "
    "de het een hij zij ze op met voor van uit maar toen dit dat "
    "в с он она оно они мы вы я это этот эта эти во на по со из от до для при после перед к у об за под его её их ее "
    "но и или также затем потом однако там тогда здесь как когда если что кто где почему тот та те не "
    "він вона воно вони з із та z ze od dla przy on ona to ten ta oni jego jej ich ale".split()
)
# "am 3. März", "der 2. Weltkrieg": German points its ordinals, and writes nouns with a capital letter.
_BEFORE_ORDINALS = frozenset(
    "am der die das dem den des im zum vom bis ab seit und jeden dieser diesem einen ihrem seinem".split()
)
_AFTER_ORDINALS = frozenset(
    "januar jänner februar märz april mai juni juli august september oktober november dezember jahrhundert "
    "jahrhunderts weltkrieg weltkriegs auflage klasse platz kapitel etage stock mal tag lebensjahr bundesliga".split()
)
_INITIAL = re.compile(r"(?:[^\W\d_]\.-?)*[^\W\d_]")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
_BEFORE = re.compile(
    r"(?:(?P<letters>(?:(?<![^\s(])[^\W\d_]\.\s?)+)|(?P<figure>\d[\d\s–-]*\s)|(?P<word>[^\W\d_]+)\s)\Z"
)
_NEXT_WORD = re.compile(r"[^\W_]+")
_NEXT_INITIAL = re.compile(r"\s?[^\W\d_]\.")
_THAI = re.compile("[\u0e00-\u0eff]")
# In these every letter is a word or a syllable: one before a full stop is no initial.
_SYLLABLES = re.compile("[\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_NEAR = 30


def ends_sentence(text: str, word: str, stop: int, following: str) -> bool:
    """Whether the full stop at ``stop`` ends a sentence.

    ``word`` is what stands before it up to white space, ``following`` the text after it, some words of it.
    """
    lower = word.lower()
    next_word = _NEXT_WORD.search(following)
    coming = next_word.group().lower() if next_word else ""
    begins = coming in _BEGINNERS
    if _THAI.match(word[-1]):  # it points abbreviations only
        return False
    if lower in _BEFORE_LETTERS and _NEXT_INITIAL.match(following):
        return False
    if lower in _TITLES or word == "MM":
        return False
    if _DOTTED.fullmatch(word) and word.islower() and lower not in _MAYBE | _PLACES | _ENDS:
        return False
    before = _BEFORE.search(text[max(0, stop - len(word) - _NEAR) : stop - len(word)])
    if lower in _AFTER_A_LETTER and before and before["letters"]:
        return False
    if _INITIAL.fullmatch(word) and not _SYLLABLES.match(word[-1]):
        return _after_initial(word, before, following, begins)
    if lower in _MEASURES and before and before["figure"]:
        return True
    if lower in _PLACES:
        return begins
    if lower in _COMPANIES and following.lstrip().startswith("("):
        return False
    if lower in _MAYBE or lower in _BEFORE_FIGURES:
        return not coming[:1].isdigit()
    return not (word.isdigit() and len(word) <= 2 and _is_ordinal(before, coming, begins))


def _after_initial(word: str, before: re.Match[str] | None, following: str, begins: bool) -> bool:
    """ "J. Smith", "А. С. Пушкин", "z. B.", "1999 г.", "т. е.": one letter, or letters with points between."""
    lower = word.lower()
    letters = "".join(((before and before["letters"]) or "").split()).lower() + lower
    if letters in _ENDS:
        return True
    if lower in _PLACES | _MAYBE or letters in _PLACES:
        return begins if lower not in _MAYBE else not following.lstrip()[:1].isdigit()
    if len(letters) > len(lower):
        return begins if word.islower() else False
    if _NEXT_INITIAL.match(following):
        return False
    if word.islower():
        if before and before["figure"]:
            return begins
        return lower not in _OF_A_PLACE and not following.lstrip()[:1].isdigit()
    if word.isupper():
        return word == "I"
    return "." in word  # of a script without capitals: "د. أحمد"


def _is_ordinal(before: re.Match[str] | None, coming: str, begins: bool) -> bool:
    if coming in _AFTER_ORDINALS:
        return True
    return not begins and bool(before and (before["word"] or "").lower() in _BEFORE_ORDINALS)
