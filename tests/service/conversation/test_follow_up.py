"""What a question means after the ones before it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.types import Turn
from service.conversation.follow_up import FollowUp, understand


def turns(*pairs: tuple[str, str]) -> list[Turn]:
    return [turn for asked, said in pairs for turn in (Turn("user", asked), Turn("assistant", said))]


CONFERENCE = turns(
    ("When was the Central Foreign Affairs Work Conference held?", "It was held from December 27th to 28th.")
)
SPEECH = turns(("Who delivered an important speech?", "Xi Jinping delivered an important speech."))
RADIUM = turns(("Who discovered radium?", "Marie Curie discovered radium in 1898."))
PROFIT = turns(("What was the profit in 2022?", "It was 3 million."))
PARIS = turns(("What is the population of Paris?", "2.1 million."))
YOGA = turns(("Tell me about the benefits of yoga.", "There are many."))


@pytest.mark.parametrize(
    ("history", "question", "meant"),
    [
        (CONFERENCE, "And where was it held?", "And where was the Central Foreign Affairs Work Conference held?"),
        (CONFERENCE, "How many attended it?", "How many attended the Central Foreign Affairs Work Conference?"),
        (CONFERENCE, "Who gave a speech there?", "Who gave a speech at the Central Foreign Affairs Work Conference?"),
        (CONFERENCE, "What was its result?", "What was the Central Foreign Affairs Work Conference's result?"),
        (SPEECH, "Which other officials joined him?", "Which other officials joined Xi Jinping?"),
        (SPEECH, "What offices does he hold?", "What offices does Xi Jinping hold?"),
        (SPEECH, "What is his office?", "What is Xi Jinping's office?"),
        (RADIUM, "When was she born?", "When was Marie Curie born?"),
        (RADIUM, "Which prize did she win?", "Which prize did Marie Curie win?"),
        (RADIUM, "How did she find it?", "How did Marie Curie find radium?"),
    ],
)
def test_a_pronoun_stands_for_what_the_conversation_was_about(history, question, meant):
    assert understand(question, history) == meant


@pytest.mark.parametrize(
    "question",
    [
        "why?",
        "Why?",
        "Where?",
        "For how long?",
        "By whom?",
        "And the speakers?",
        "What about the year before that one?",
    ],
)
def test_a_question_that_leaves_its_subject_out_brings_the_one_before_along(question):
    assert (
        understand(question, CONFERENCE) == f"{question} (When was the Central Foreign Affairs Work Conference held?)"
    )


@pytest.mark.parametrize(
    ("history", "question", "meant"),
    [
        (PROFIT, "And in 2023?", "What was the profit in 2023?"),
        (PROFIT, "what about in 2021", "What was the profit in 2021?"),
        (PARIS, "What about Berlin?", "What is the population of Berlin?"),
        (PARIS, "And London?", "What is the population of London?"),
    ],
)
def test_what_is_new_takes_the_place_of_what_it_is_compared_with(history, question, meant):
    assert understand(question, history) == meant


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("What are the main types?", "What are the main types of yoga?"),
        ("What are the risks?", "What are the risks of yoga?"),
        ("Which is the best for losing weight?", "Which is the best for losing weight (yoga)?"),
        ("Which one is the best in Sierra Leone?", "Which one is the best in Sierra Leone (yoga)?"),
    ],
)
def test_what_belongs_to_something_belongs_to_what_the_conversation_is_about(question, meant):
    assert understand(question, YOGA) == meant


@pytest.mark.parametrize(
    "question",
    [
        "What is the GDP of Japan?",
        "Who attended the closing meeting of the council?",
        "Is there a budget for foreign work?",
        "Which reports that were published mention trade?",
        "When did that conference take place?",
        "When a company fails, what happens to its debts?",
        "Why did Apple sue Samsung after it copied the phone?",
        "How does Germany pay its debts?",
        "How long does it take to learn Norwegian?",
        "And who wrote Hamlet?",
        "How much is the fee (library card)?",
        "Which river is the longest in Sierra Leone?",
        "Which Samsung phone is the best for games?",
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(question):
    assert understand(question, CONFERENCE) == question


@pytest.mark.parametrize(
    ("last", "question"),
    [
        ("¿Cuándo se celebró la conferencia?", "¿Y dónde?"),
        ("¿Cuándo se celebró la conferencia?", "¿Quién habló allí?"),
        ("会议什么时候举行？", "那在哪里?"),
        ("会议什么时候举行？", "它的结果是什么？"),
        ("Когда прошла конференция?", "А где?"),
        ("Когда прошла конференция?", "Кто её открыл?"),
        ("Wann fand die Konferenz statt?", "Und wo?"),
        ("Quand la conférence a-t-elle eu lieu ?", "Et où ?"),
    ],
)
def test_in_other_languages_a_short_follow_up_brings_the_last_question_along(last, question):
    assert understand(question, [Turn("user", last)]) == f"{question} ({last})"


@pytest.mark.parametrize(
    ("last", "question"),
    [
        ("¿Cuándo se celebró la conferencia?", "¿Cuál es la capital administrativa de Bolivia?"),
        ("会议什么时候举行？", "中华人民共和国的首都是哪个城市？"),
        ("Когда прошла конференция?", "Какой город является столицей Боливии?"),
        ("Wann fand die Konferenz statt?", "Welche Stadt ist die Hauptstadt von Bolivien?"),
        ("Quand la conférence a-t-elle eu lieu ?", "Quelle ville est la capitale de la Bolivie ?"),
    ],
)
def test_in_other_languages_a_whole_question_is_left_as_it_is(last, question):
    assert understand(question, [Turn("user", last)]) == question


def test_without_a_history_a_question_is_left_as_it_is():
    assert understand("And where was it held?", []) == "And where was it held?"


def test_white_space_and_line_breaks_in_a_question_are_folded():
    assert understand("  Where\n was   it held? ", []) == "Where was it held?"


def test_the_last_question_counts_not_an_earlier_one():
    history = turns(
        ("Where is the Eiffel Tower?", "In Paris."),
        ("Who built the Brooklyn Bridge?", "It was built by two engineers."),
    )
    assert understand("How long is it?", history) == "How long is the Brooklyn Bridge?"


def test_a_topic_goes_on_over_several_follow_ups():
    history = turns(("What is Lyme disease?", "An infection."), ("Can it be cured?", "Yes."), ("For how long?", "-"))
    assert understand("What are its symptoms?", history) == "What are Lyme disease's symptoms?"


LEAVE = "How many days of leave do employees get?"
FOUNDER = "Who founded Halvorsen Marine?"
DOSAGE = "What is the dosage of ibuprofen for adults?"
INSTALL = "How do I install the app on Windows?"
PUMP = "Tell me about the T-200 pump."
LIBRARY = "When was the library built?"


@pytest.mark.parametrize(
    ("last", "question"),
    [
        (LEAVE, "How do I reset my router password?"),
        (LEAVE, "What is the warranty of the T-400 pump?"),
        (FOUNDER, "When did Nils Halvorsen join the company?"),
        ("What was revenue in 2022?", "What was revenue in 2023?"),
        (INSTALL, "Is there a Linux version?"),
        (INSTALL, "Thanks! What are the opening hours of the library?"),
        (INSTALL, "Thank you"),
        ("Can opened software be returned?", "Can gift cards be exchanged for cash?"),
        ("What is the capital of France?", "What is the capital of Germany?"),
        ("What is the capital of France?", "Who is the CEO of Siemens?"),
        (DOSAGE, "What are the side effects of paracetamol?"),
        ("Is it going to rain?", "Is it possible to return unopened products within 30 days?"),
        (PUMP, "How much does the T-400 weigh?"),
        (PUMP, "Explain the difference between the T-400 and the T-200."),
        (LIBRARY, "Does the council have a budget for 2024?"),
        (LIBRARY, "What happens if a tenant does not pay the rent?"),
        (LIBRARY, "Why is the sky blue?"),
        ("What is a mortgage?", "What is a pension?"),
        ("How many employees work at Acme?", "How many employees work in the Berlin office?"),
        ("What does section 5 say?", "What does section 7 say?"),
        ("Who wrote Hamlet?", "who wrote war and peace"),
        ("Who wrote Faust?", "who wrote hamlet"),
        ("Wie viele Urlaubstage gibt es?", "Wie lange ist die Garantie?"),
        ("¿Cuántos días de vacaciones hay?", "¿Quién fundó la empresa?"),
        ("Qui a fondé Halvorsen Marine ?", "Quelle est la durée de la garantie ?"),
        ("Кто основал компанию?", "Сколько длится гарантия?"),
        ("谁创办了这家公司?", "保修期多长?"),
    ],
)
def test_a_question_with_a_subject_of_its_own_is_never_changed(last, question):
    """However near it is to the one before."""
    assert understand(question, [Turn("user", last)], lambda _, others: [0.9] * len(others)) == question


REVENUE = "What was Apple's revenue in 2022?"


@pytest.mark.parametrize(
    ("last", "question", "meant"),
    [
        ("What was revenue in 2022?", "and 2023?", "What was revenue in 2023?"),
        (REVENUE, "What about Microsoft?", "What was Microsoft's revenue in 2022?"),
        (REVENUE, "What about Microsoft in 2021?", "What was Microsoft's revenue in 2021?"),
        (REVENUE, "in 2023?", "What was Apple's revenue in 2023?"),
        ("What was Apple's revenue?", "And in 2023?", "What was Apple's revenue in 2023?"),
        ("What was the T-200's weight?", "What about the T-400?", "What was the T-400's weight?"),
        (PUMP, "And the T-400?", "Tell me about the T-400 pump."),
        ("How far is it to New York?", "And to Los Angeles?", "How far is it to Los Angeles?"),
        (INSTALL, "How do I install it on a Mac?", "How do I install the app on a Mac?"),
        (DOSAGE, "What are the side effects?", "What are the side effects of ibuprofen for adults?"),
        (PUMP, "Compare it to the T-400", "Compare the T-200 pump to the T-400"),
        (LIBRARY, "Who is responsible for its maintenance?", "Who is responsible for the library's maintenance?"),
        (LEAVE, "Why not?", f"Why not? ({LEAVE})"),
        ("Wie viele Urlaubstage gibt es?", "Und in Teilzeit?", "Und in Teilzeit? (Wie viele Urlaubstage gibt es?)"),
        ("谁创办了这家公司?", "什么时候?", "什么时候? (谁创办了这家公司?)"),
    ],
)
def test_what_is_left_out_is_filled_in_and_what_was_replaced_does_not_stay(last, question, meant):
    assert understand(question, [Turn("user", last)]) == meant


def test_of_several_things_the_one_most_alike_is_replaced():
    def alike(_, others):
        return [{"adults": 0.6}.get(other, 0.1) for other in others]

    asked = understand("What about children?", [Turn("user", DOSAGE)], alike)
    assert asked == "What is the dosage of ibuprofen for children?"


def test_nothing_is_replaced_by_what_is_unlike_it():
    asked = understand("What about children?", [Turn("user", DOSAGE)], lambda _, others: [0.1] * len(others))
    assert asked == f"What about children? ({DOSAGE})"


def test_both_of_two_things_are_meant():
    history = turns((PUMP, "It delivers 60 l/min."), ("And the T-400?", "120 l/min."))
    assert understand("Which of them is heavier?", history) == (
        "Which of the T-200 pump and the T-400 pump is heavier?"
    )


FESTIVALS = [Turn("user", "What are some interesting things around Ann Arbor?")]
FILMS = "Are there any film festivals?"


def near(cosine, question=FILMS, history=FESTIVALS):
    return FollowUp(question, history).near_form(question, lambda _, others: [cosine] * len(others))


def test_a_question_near_to_the_conversation_is_searched_with_its_subject_and_not_changed():
    assert near(0.4) == "Are there any film festivals (Ann Arbor)?"
    assert understand(FILMS, FESTIVALS, lambda _, others: [0.4] * len(others)) == FILMS


def test_a_question_far_from_the_conversation_is_a_new_topic():
    assert near(0.05) is None


def test_a_question_with_a_number_or_of_another_thing_is_searched_alone():
    assert near(0.9, "How many people came in 2022?") is None
    capital = [Turn("user", "What is the capital city of France?")]
    assert near(0.9, "What is the capital city of Germany?", capital) is None


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
WORDY = st.lists(
    st.sampled_from(
        "what about it they The Treaty in 2023 and its (he)? was the history of why 那 它 А где ¿Y \n".split(" ")
    ),
    max_size=40,
).map(" ".join)
HISTORY = st.lists(st.tuples(st.sampled_from(["user", "assistant"]), TEXT | WORDY), max_size=6).map(
    lambda pairs: [Turn(*pair) for pair in pairs]
)


@settings(max_examples=300)
@given(question=TEXT | WORDY)
def test_without_a_history_nothing_but_white_space_changes(question):
    assert understand(question, []) == " ".join(question.split())


@settings(max_examples=300)
@given(question=TEXT | WORDY, history=HISTORY)
def test_any_text_is_understood_as_something_of_bounded_length(question, history):
    understood = understand(question, history, lambda _, others: [0.5] * len(others))
    assert len(understood) <= len(question) + 500


@pytest.mark.parametrize(
    "unit", ["it ", "the ", "a-", "’s ", "((", "How ", "of the ", "A.", "那", "\u0301", "what about "]
)
def test_a_huge_history_is_understood_before_anyone_gives_up(unit):
    """A pattern that backtracks would take hours here."""
    turn = (unit * 20_000)[:20_000]
    history = [Turn(role, turn) for _ in range(25) for role in ("user", "assistant")]
    for question in (turn[:2000], "Why?", "And where was it held?"):
        assert len(understand(question, history)) <= len(question) + 500
