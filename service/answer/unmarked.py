"""Thai and Lao write no mark at the end of a sentence, only spaces between phrases: a few phrases are taken for one.

A space ends one where enough has been said and neither side asks for more ("such as", "which"). Where sentences really
end takes a model of the language; for a quotation it is enough that its phrases are whole.
"""

import re
from collections.abc import Iterator

_SHORTEST = 60  # characters; a phrase has 20 to 40
_LONGEST = 200  # from here on any space ends it
_UNMARKED = re.compile("[\u0e01-\u0eff]")
_SPACE = re.compile("(?<=[\u0e01-\u0eff0-9%)”])[ \u00a0]+(?=[\u0e01-\u0eff“(])")
_ASKS_FOR_MORE = re.compile("(?:คือ|ได้แก่|เช่น|ว่า|และ|หรือ|ของ|ใน|ที่|กับ|โดย|เป็น|ແລະ|ຫຼື|ເຊັ່ນ|ຄື|ວ່າ|ຂອງ|ໃນ|ທີ່)$")
_GOES_ON = re.compile("(?:และ|หรือ|ที่|ซึ่ง|โดย|แต่|เพื่อ|จาก|ได้แก่|คือ|เช่น|รวมถึง|เนื่องจาก|ແລະ|ຫຼື|ທີ່|ເຊິ່ງ|ໂດຍ|ແຕ່|ເພື່ອ)")
_WIDEST = 12  # characters of the longest of these words


def has_unmarked(text: str, start: int, end: int) -> bool:
    """Whether letters of these scripts stand in a stretch."""
    return _UNMARKED.search(text, start, end) is not None


def unmarked_phrases(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretch as spans of a few phrases each; together they hold all of it but the spaces between."""
    position = start
    for space in _SPACE.finditer(text, start, end):
        said = space.start() - position
        if said < _SHORTEST:
            continue
        before = text[max(position, space.start() - _WIDEST) : space.start()]
        if said < _LONGEST and (_ASKS_FOR_MORE.search(before) or _GOES_ON.match(text, space.end(), end)):
            continue
        yield position, space.start()
        position = space.end()
    yield position, end
