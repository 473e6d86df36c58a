"""The language of a question: told where it shows, and not guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.language.told import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where was the conference held?", "en"),
        ("Who is 习近平?", "en"),
        ("会议在哪里举行？", "zh"),
        ("Xi Jinping 是谁？", "zh"),
        ("会議はどこで開かれましたか", "ja"),
        ("회의는 어디에서 열렸습니까?", "ko"),
        ("Wo fand die Konferenz statt?", "de"),
        ("Où s’est tenue la conférence ?", "fr"),
        ("¿Dónde se celebró la conferencia?", "es"),
        ("Quando si è tenuta la conferenza?", "it"),
        ("Где прошла конференция?", "ru"),
        ("Хто був її автором?", "uk"),
        ("أين عقد المؤتمر؟", "ar"),
        ("کنفرانس چه زمانی برگزار شد؟", "fa"),
        ("सम्मेलन कहाँ हुआ?", "hi"),
        ("การประชุมจัดขึ้นที่ไหน", "th"),
        ("Πού έγινε το συνέδριο;", "el"),
        ("Xi Jinping", None),
        ("2022?", None),
        ("", None),
    ],
)
def test_a_question_tells_its_language(text, language):
    assert language_of(text) == language


@given(st.text(max_size=300))
def test_any_text_has_a_code_of_two_letters_or_none(text):
    code = language_of(text)
    assert code is None or (len(code) == 2 and code.isalpha())
