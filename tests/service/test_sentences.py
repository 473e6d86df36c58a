"""Text to sentences: exact spans, whatever the text; and the cuts that a reader of many languages expects."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.answer.sentences import sentences

MEGABYTE = 1_000_000
# Pieces that decide where sentences end, so that random texts come near the rules.
MARKS = '. |! |? |… |...|.|- |1. |(a) | |"|”|’|)|(|。|！|।|؟|۔'.split("|")
MARKS += "……|．|「|」|“|»|« |; |։ |។|、|一、|（二）|・".split("|")
WORDS = "Dr|U.S|No|5|Dec|p.m|The |he |J|e.g|Beijing|北京|नमस्ते|مرحبا|😀|e\u0301|\u200b".split("|")
WORDS += "z. B|г|т. е|der 3|März|と|他|ภาษาไทย |และ|τι".split("|")
SPACES = ["\n", "\n\n", "\r\n", " | ", "\t", "\u00a0", "\u3000", "\x0b", "\x1c", "\x85", "\u2028"]
PIECES = st.sampled_from([*MARKS, *WORDS, *SPACES])
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join))


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@given(TEXTS)
def test_spans_are_sorted_disjoint_and_inside_the_text(text):
    position = 0
    for start, end in sentences(text):
        assert position <= start < end <= len(text)
        position = end


@given(TEXTS)
def test_no_sentence_begins_or_ends_with_white_space(text):
    assert all(piece == piece.strip() for piece in cut(text))


@given(TEXTS)
def test_every_visible_character_is_in_exactly_one_sentence(text):
    counts = [0] * len(text)
    for start, end in sentences(text):
        for i in range(start, end):
            counts[i] += 1
    assert [counts[i] for i, character in enumerate(text) if not character.isspace()] == [
        1 for character in text if not character.isspace()
    ]


@pytest.mark.parametrize(
    "unit",
    [
        ".",
        "।",
        "1. ",
        '."',
        '. "',
        "a." + " " * 1000,
        "\n",
        "a | b\n",
        " (",
        "\n\t",
        "。",
        "U.S. ",
        "「",
        "「a。",
        "“",
        "。」",
        "z. B. ",
        "1 г. ",
        "ก ",
        "ก" * 70 + " ",
        "．",
        "a;",
        "՞։ ",
    ],
)
def test_a_megabyte_of_one_thing_is_cut_to_its_end(unit):
    text = unit * (MEGABYTE // len(unit)) + "x"
    spans = sentences(text)
    assert spans[-1][1] == len(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The U.S. Senate met. It rose.", ["The U.S. Senate met.", "It rose."]),
        ("He moved to the U.S. He was ten.", ["He moved to the U.S.", "He was ten."]),
        ("See No. 5 for details. Then stop.", ["See No. 5 for details.", "Then stop."]),
        ("The answer was no. We left.", ["The answer was no.", "We left."]),
        ("It met on Dec. 27. It rose.", ["It met on Dec. 27.", "It rose."]),
        ("Dr. Smith met Mr. Jones. They talked.", ["Dr. Smith met Mr. Jones.", "They talked."]),
        ("J. R. R. Tolkien wrote it. I read it.", ["J. R. R. Tolkien wrote it.", "I read it."]),
        ("So am I. He left.", ["So am I.", "He left."]),
        ("Use e.g. apples, i.e. fruit. Done.", ["Use e.g. apples, i.e. fruit.", "Done."]),
        ("It opens at 8 a.m. daily. Come.", ["It opens at 8 a.m. daily.", "Come."]),
        ("It starts at 3 p.m. The room is open.", ["It starts at 3 p.m.", "The room is open."]),
        ("She works at Acme Inc. He does not.", ["She works at Acme Inc.", "He does not."]),
        ("Pi is 3.14159 or so. E is 2.718.", ["Pi is 3.14159 or so.", "E is 2.718."]),
        ("See https://a.example/b.c?d=e.f for more. Bye!", ["See https://a.example/b.c?d=e.f for more.", "Bye!"]),
        ("Mail a.b@c.example. Thanks!", ["Mail a.b@c.example.", "Thanks!"]),
        ('He said "Stop." Then he left.', ['He said "Stop."', "Then he left."]),
        ("“Really?” she asked. She left.", ["“Really?” she asked.", "She left."]),
        ("It goes on ... and on. Then… nothing.", ["It goes on ... and on.", "Then… nothing."]),
        ("What is Yahoo! doing? Nothing.", ["What is Yahoo! doing?", "Nothing."]),
        ("第一句。第二句！“第三句？”完。", ["第一句。", "第二句！", "“第三句？”", "完。"]),
        ("यह पहला है। यह दूसरा है॥ तीसरा?", ["यह पहला है।", "यह दूसरा है॥", "तीसरा?"]),
        ("هذه الأولى. هل هذه الثانية؟ نعم۔", ["هذه الأولى.", "هل هذه الثانية؟", "نعم۔"]),
        ("", []),
        (" \n\t ", []),
        # German
        ("Er kam z. B. Äpfel holen. Dann ging er.", ["Er kam z. B. Äpfel holen.", "Dann ging er."]),
        ("Am 3. März 1999 fiel Schnee. Es war kalt.", ["Am 3. März 1999 fiel Schnee.", "Es war kalt."]),
        (
            "Im 19. Jahrhundert begann der 2. Weltkrieg nicht. Ja.",
            ["Im 19. Jahrhundert begann der 2. Weltkrieg nicht.", "Ja."],
        ),
        ("Es waren 12. Die anderen gingen.", ["Es waren 12.", "Die anderen gingen."]),
        ("Das kostete ca. 5 Mio. Euro. Viel.", ["Das kostete ca. 5 Mio. Euro.", "Viel."]),
        ("Er rief: „Halt!“ Sie blieb. »Komm!« Er ging.", ["Er rief: „Halt!“", "Sie blieb.", "»Komm!«", "Er ging."]),
        # French, Spanish
        ("M. Dupont arriva. « Vraiment ? » Elle partit.", ["M. Dupont arriva.", "« Vraiment ? »", "Elle partit."]),
        ("Voir p. ex. Paris. En 52 av. J.-C. Il vint.", ["Voir p. ex. Paris.", "En 52 av. J.-C.", "Il vint."]),
        (
            "El Sr. López vive en EE. UU. desde 1990. ¿Y tú? Sí.",
            ["El Sr. López vive en EE. UU. desde 1990.", "¿Y tú?", "Sí."],
        ),
        ("Costó 1.234,56 euros. Trabaja p. ej. Ana.", ["Costó 1.234,56 euros.", "Trabaja p. ej. Ana."]),
        # Russian
        (
            "В 1812 г. Наполеон вторгся. Родился в 1799 г. В Москве.",
            ["В 1812 г. Наполеон вторгся.", "Родился в 1799 г.", "В Москве."],
        ),
        (
            "Хлеб и т. д. Он ушёл. А. С. Пушкин жил в г. Москве.",
            ["Хлеб и т. д.", "Он ушёл.", "А. С. Пушкин жил в г. Москве."],
        ),
        ("— Да? — спросил он. Она ушла.", ["— Да? — спросил он.", "Она ушла."]),
        # Chinese, Japanese, Korean
        ("他说：“我去。你来。”她笑了。然后走了……结果很好！", ["他说：“我去。你来。”她笑了。", "然后走了……结果很好！"]),
        (
            "「今日は。いい天気ですね。」と彼は言った。次の日。",
            ["「今日は。いい天気ですね。」と彼は言った。", "次の日。"],
        ),
        ("你好!我是人。价格为３．５元。完．好。", ["你好!", "我是人。", "价格为３．５元。", "完．", "好。"]),
        ("그는 갔다. 왜? 끝.", ["그는 갔다.", "왜?", "끝."]),
        # other scripts
        ("កម្ពុជា។ភ្នំពេញ។", ["កម្ពុជា។", "ភ្នំពេញ។"]),
        ("ኢትዮጵያ።አዲስ።", ["ኢትዮጵያ።", "አዲስ።"]),
        ("Սա առաջինն է։ Սա երկրորդն է։", ["Սա առաջինն է։", "Սա երկրորդն է։"]),
        ("د. أحمد وصل. ثم ذهب.", ["د. أحمد وصل.", "ثم ذهب."]),
        ("Τι κάνεις; Καλά.", ["Τι κάνεις;", "Καλά."]),
        ("ดร. สมชายมา พ.ศ. 2540", ["ดร. สมชายมา พ.ศ. 2540"]),
    ],
)
def test_a_line_is_cut_where_its_sentences_end(text, expected):
    assert cut(text) == expected


def test_a_line_break_inside_a_paragraph_does_not_end_a_sentence():
    assert cut("This line is\nwrapped in the middle. This goes\non too.") == [
        "This line is\nwrapped in the middle.",
        "This goes\non too.",
    ]


def test_a_blank_line_ends_a_sentence_without_a_full_stop():
    assert cut("A title\n\nThe text of it") == ["A title", "The text of it"]


def test_list_items_stand_apart():
    assert cut("You need:\n- flour\n• two eggs. Large ones.\n1. Mix\n2) bake\n(c) eat") == [
        "You need:",
        "- flour",
        "• two eggs.",
        "Large ones.",
        "1. Mix",
        "2) bake",
        "(c) eat",
    ]


def test_table_rows_stand_apart():
    assert cut("Ages of the team\nName | Age\nAnn | 34\nBob | 51\nThat is all.") == [
        "Ages of the team",
        "Name | Age",
        "Ann | 34",
        "Bob | 51",
        "That is all.",
    ]


def test_chinese_items_stand_apart():
    assert cut("包括：\n一、花岗岩\n二、橡木\n（三）铜\n①灯") == ["包括：", "一、花岗岩", "二、橡木", "（三）铜", "①灯"]


def test_thai_is_cut_at_a_space_where_enough_was_said():
    phrases = ["ประเทศไทยมีจังหวัดทั้งหมดเจ็ดสิบเจ็ดจังหวัดรวมทั้งกรุงเทพมหานคร", "ซึ่งเป็นเมืองหลวงของประเทศ", "ประชากรส่วนใหญ่พูดภาษาไทย"]
    assert cut(" ".join(phrases)) == [" ".join(phrases[:2]), phrases[2]]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Keep this in mind.", "Then open the lid."),
        ("The gap is 5 mm.", "Replace it yearly."),
        ("It runs at 50 Hz.", "Do not open it."),
        ("It is on Main Rd.", "The office opens at nine."),
        ("Мы говорили о нем.", "Потом ушли."),
        ("Он помог им.", "Потом ушёл."),
        ("Варите рис.", "Потом слейте воду."),
        ("Длина 5 см.", "Ширина 3 м."),
    ],
)
def test_units_and_common_words_end_sentences(first, second):
    assert cut(f"{first} {second}") == [first, second]


@pytest.mark.parametrize(
    "text",
    [
        "Это видно, см. Рис. 5 и табл. 2.",
        "МГУ им. Ломоносова открыт.",
        "Er zahlt mind. 5 Euro.",
        "MM. Dupont et Durand.",
        "Figma, Inc. (“Figma”) for approximately $20 billion.",
        "Foot Locker, Inc. (NYSE: FL) opened a store.",
    ],
)
def test_abbreviations_that_look_like_words_end_none(text):
    assert cut(text) == [text]


def test_a_company_may_still_end_a_sentence():
    assert cut("It was bought by Figma, Inc. The price was not told.") == [
        "It was bought by Figma, Inc.",
        "The price was not told.",
    ]
