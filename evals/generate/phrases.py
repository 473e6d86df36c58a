"""What answers look like: dates, numbers with what they count, names."""

import re

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_YEAR = r"(?:1[0-9]{3}|20[0-9]{2})"
_DAY = r"[0-3]?[0-9](?:st|nd|rd|th)?"
_CORE = (
    rf"(?:(?:{MONTHS}) {_DAY}(?:,? {_YEAR})?|{_DAY} (?:{MONTHS})(?:,? {_YEAR})?|(?:{MONTHS})(?: of)? {_YEAR}"
    rf"|(?:the )?(?:(?:early|late|mid|mid-) ?)?(?:{_YEAR}s|[0-9]{{1,2}}(?:st|nd|rd|th) century)"
    rf"|(?:the )?(?:spring|summer|autumn|fall|winter) of {_YEAR}|(?:early |late |mid-)?{_YEAR}(?: AD| BC)?)"
)
TIME = re.compile(
    rf"\b(?P<preposition>in|on|since) (?P<when>{_CORE})(?![\w%]|-\w| [a-z]+s\b)"
    rf"|\b(?P<range>(?:from|between) {_CORE} (?:to|until|and) (?:{_CORE}|{_DAY}))(?![\w%]|-\w)"
)
FRONT_TIME = re.compile(
    rf"(?P<preposition>In|On|Since) (?P<when>{_CORE})|(?P<range>(?:From|Between) {_CORE} (?:to|until|and) {_CORE})"
)

_NUMBER_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|a hundred"
)
NUMBER = rf"(?:(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]+)(?:\.[0-9]+)?(?: (?:million|billion|thousand))?|{_NUMBER_WORDS})"
ABOUT = (
    r"(?:(?:about|around|approximately|roughly|nearly|almost|over|more than|less than|fewer than|at least|at most|up to"
    r"|some|exactly|an estimated|as many as|only|a total of|a maximum of|a minimum of) )"
)
MONEY = rf"(?:(?:US)?[$€£¥] ?{NUMBER}|{NUMBER} (?:dollars|euros|pounds))"
PERCENT = rf"{NUMBER} ?(?:%|percent|per cent)"
_PLURAL = r"(?:people|men|women|children|feet|[a-z]{2,}[a-rt-z]s|[a-z]{2,}[^\Wsu]es)"
_MODIFIER = r"(?:(?!(?:and|or|to|of|in|on|at|for|by|with|the|a|an|is|are|was|were|times?) )[a-z]+(?:-[a-z]+)? )"
COUNTED = re.compile(rf"(?P<about>{ABOUT}?)(?P<number>{NUMBER}) (?P<noun>{_MODIFIER}{{0,2}}?{_PLURAL})\b")

_CAPITAL = r"(?:[A-Z]\.(?= [A-Z])|[A-ZÀ-Þ](?:[\w'’&-]|\.(?=\w))*)"
NAME = rf"{_CAPITAL}(?: (?:of |the |de |and |von |van |del |la )?{_CAPITAL})*"
FIGURE = re.compile(r"\d")


def starts_with_capital(text: str) -> bool:
    return text[:1].isupper()
