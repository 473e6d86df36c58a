"""Chinese and Japanese numerals in figures: 三百元 is 300元, 一九三四年 is 1934年."""

import re
import unicodedata

_DIGITS = "零〇一二三四五六七八九两"
_PLACES = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8, "億": 10**8}
# A single numeral may be part of a name (张三) or a word (一般): before a counter it is a number.
_COUNTERS = "元年月日号天人名个位岁米吨次条家座倍分円歳"
_SINGLE_COUNTERS = "名位岁歳次条座天人年月日号倍吨米分层只艘辆"
_RUN = re.compile(
    rf"[{_DIGITS}{''.join(_PLACES)}万亿億]*[{''.join(_PLACES)}万亿億][{_DIGITS}{''.join(_PLACES)}万亿億]+"
    rf"|(?<![{_DIGITS}])[{_DIGITS}][{''.join(_PLACES)}万亿億]|[{_DIGITS}]{{3,}}"
    # Not 三分之二, nor 二三天, two or three days.
    rf"|(?<![{_DIGITS}])[{_DIGITS}十](?!分之)(?=[{_COUNTERS}]|公[里斤])"
    rf"|(?<![{_DIGITS}星期周第初])[二三四五六七八九两](?!分之)(?=[{_SINGLE_COUNTERS}])"
)


def in_figures(text: str) -> str:
    """The text with its numerals as figures; what is no numeral stays."""
    return _RUN.sub(lambda match: str(value(match.group())), text)


def value(run: str) -> int:
    """What a run of numerals stands for; without places, its digits one after another."""
    if not any(c in _PLACES or c in _MYRIADS for c in run):
        return int("".join(str(_digit(c)) for c in run))
    total = section = digit = 0
    for c in run:
        if c in _PLACES:
            section += (digit or 1) * _PLACES[c]
            digit = 0
        elif c in _MYRIADS:
            total = (total + section + digit or 1) * _MYRIADS[c]
            section = digit = 0
        else:
            digit = _digit(c)
    return total + section + digit


def _digit(character: str) -> int:
    return 2 if character == "两" else int(unicodedata.numeric(character))
