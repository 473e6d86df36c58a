"""Follow-up questions: how near the question as understood comes to the one a person wrote out, and what it finds.

``python -m bench.conversation CAST_JSONL [--squad SET] [--half 0|1] [--encoder NAME]``. CAST_JSONL holds ``id``
(topic_turn), history (questions), ``question`` and ``rewrite`` (by hand) a line, as from TREC CAsT. Topics are split in
two halves by a hash of their names; rules were made on half 0, half 1 is reported. Of each way to put the question, the
mean cosine (by the encoder) of its vector and that of the rewriting is told, over turns with a history. Then for
openings of other conversations, put after a history that they have nothing to do with: how many are left as they are.

SET, in SQuAD's format, becomes conversations: of each article, its answerable questions that name the article's title
are taken in an order drawn by a seed. The first is asked as it is; in later ones, the title is replaced by a pronoun
("its" before what it has), or left out together with the "of" or "in" before it. One in five turns belongs to another
article and is asked as it is. Answers in the history are the set's. Hits are right as evals/evidence.py says. With
``--clarify SET …``, questions of sets are asked alone: how many are asked back.
"""

import argparse
import hashlib
import json
import random
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

import numpy as np

from core.types import DocumentRef, Turn
from evals.evidence import EvidenceLocator, finds_any, stretch_of_hit
from evals.sets.load import load_set
from evals.sets.sample import sample
from evals.sets.types import Question, QuestionSet
from evals.work_folder import open_work_folder
from index.encode import Encoder, SentenceTransformerEncoder, Vectors
from index.encoder_names import DEFAULT
from index.filters.filter import EVERYTHING
from index.search import SearchSettings, question_vector
from service.conversation.conversation import Conversation, ConversationOptions
from service.conversation.retrieve import forms, retrieve
from service.engine import Engine
from service.settings import load_settings

TOP_K = 10
MOST_TURNS = 8


@dataclass(frozen=True, slots=True)
class CastTurn:
    """One turn; the history holds questions only."""

    topic: str
    history: tuple[str, ...]
    question: str
    rewrite: str

    @property
    def turns(self) -> list[Turn]:
        return [Turn("user", question) for question in self.history]


@dataclass(frozen=True, slots=True)
class SetTurn:
    """A question of a set as it is asked in a conversation. ``kind``: first, pronoun, left out, other topic."""

    question: Question
    asked: str
    history: tuple[Turn, ...]
    kind: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cast", type=Path)
    parser.add_argument("--half", type=int, choices=(0, 1), default=1)
    parser.add_argument("--encoder", default=DEFAULT, help="of the similarities")
    parser.add_argument("--squad", type=Path)
    parser.add_argument("--limit", type=int, default=600, help="turns of the conversations made from the set")
    parser.add_argument("--clarify", type=Path, nargs="*", default=[], help="sets whose questions are asked alone")
    options = parser.parse_args()
    similarity(read_cast(options.cast, options.half), SentenceTransformerEncoder(options.encoder))
    if options.squad:
        retrieval(load_set(options.squad), options.limit)
    for path in options.clarify:
        asked_back(load_set(path), options.limit)


def read_cast(path: Path, half: int) -> list[CastTurn]:
    turns = []
    for row in map(json.loads, path.read_text().splitlines()):
        topic = row["id"].rpartition("_")[0]
        if int(hashlib.sha256(topic.encode()).hexdigest(), 16) % 2 == half:
            turns.append(CastTurn(topic, tuple(row["history"]), row["question"], row["rewrite"]))
    return turns


def similarity(turns: Sequence[CastTurn], encoder: Encoder) -> None:
    follow_ups = [turn for turn in turns if turn.history]
    conversation = Conversation(encoder, ConversationOptions())
    understood = [conversation.understand(turn.question, turn.turns) for turn in follow_ups]
    rules = [
        Conversation(_Unknown(encoder), ConversationOptions()).understand(turn.question, turn.turns).text
        for turn in follow_ups
    ]
    asked = encoder.encode_questions([" ".join(turn.question.split()) for turn in follow_ups])
    wanted = encoder.encode_questions([turn.rewrite for turn in follow_ups])
    own = encoder.encode_questions([one.text for one in understood])
    everything = encoder.encode_questions([" ".join([*turn.history, turn.question]) for turn in follow_ups])
    both = np.stack([question_vector(encoder, *forms(one)) for one in understood])
    ways = {
        "last turn only": asked,
        "all turns": everything,
        "the question as understood, rules without the encoder": encoder.encode_questions(rules),
        "the question as understood": own,
        "both forms, as they are searched for": both,
        "manual rewrite": wanted,
    }
    least = _cosine(asked, wanted)
    print(f"{len(follow_ups)} turns with a history, of {len({turn.topic for turn in turns})} topics\n")
    print("| query | cosine with the manual rewrite | share of the gap closed |\n|---|---|---|")
    for way, vectors in ways.items():
        cosine = _cosine(vectors, wanted)
        print(f"| {way} | {cosine:.3f} | {(cosine - least) / (1 - least):.0%} |")
    same = [
        (t, u.text) for t, u in zip(follow_ups, understood, strict=True) if _folded(t.question) == _folded(t.rewrite)
    ]
    kept = sum(u == _folded(t.question) for t, u in same)
    print(f"\nLeft as they are, of those that the person left as they are: {kept} of {len(same)}")
    changed = _changes_of_topic(turns)
    alone = sum(conversation.understand(question, history).text == question for question, history in changed)
    print(f"Openings of other topics that are left as they are: {alone} of {len(changed)}\n")


def _changes_of_topic(turns: Sequence[CastTurn]) -> list[tuple[str, list[Turn]]]:
    drawn = random.Random(0)
    openings = [turn for turn in turns if not turn.history]
    pairs = []
    for opening in openings:
        others = [turn for turn in turns if turn.history and turn.topic != opening.topic]
        pairs += [(_folded(opening.question), other.turns) for other in drawn.sample(others, 4)]
    return pairs


def retrieval(chosen: QuestionSet, limit: int) -> None:
    turns = list(conversations(chosen))[:limit]
    with tempfile.TemporaryDirectory() as folder:
        work = open_work_folder(Path(folder) / "work", chosen.documents)
        with Engine.open(load_settings({"data_dir": work.data_dir})) as engine:
            engine.ingest(work.files)
            refs = [DocumentRef(row.id, row.uri, row.title, row.media_type) for row in engine.documents()]
            locator = EvidenceLocator(refs, engine.document)
            conversation = Conversation(engine.store.encoder, ConversationOptions())
            ranks: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
            times: dict[str, list[float]] = defaultdict(list)
            for turn in turns:
                places = [place for evidence in turn.question.evidence for place in locator.locate(evidence).places]
                said = [one.content for one in turn.history if one.role == "user"]
                for way, question, history in (
                    ("last turn only", turn.asked, ()),
                    ("all turns", " ".join([*said, turn.asked]), ()),
                    ("ours", turn.asked, turn.history),
                    ("manual rewrite", turn.question.text, ()),
                ):
                    start = time.perf_counter()
                    found = retrieve(
                        engine.store, conversation, question, history, "default", TOP_K, SearchSettings(), EVERYTHING
                    )
                    times[way].append(time.perf_counter() - start)
                    right = (i for i, h in enumerate(found.result.hits, 1) if finds_any(stretch_of_hit(h), places))
                    ranks[turn.kind][way].append(next(right, 0))
    print(f"{len(turns)} turns made from {chosen.name}\n")
    print("| turns | query | hit@5 | MRR@10 |\n|---|---|---|---|")
    for kind, ways in ranks.items():
        for way, own in ways.items():
            hits = mean(0 < rank <= 5 for rank in own)
            print(f"| {kind} ({len(own)}) | {way} | {hits:.3f} | {mean(1 / r if r else 0 for r in own):.3f} |")
    took = ", ".join(f"{way} {median(own) * 1000:.1f}" for way, own in times.items())
    print(f"\nMedian milliseconds to find: {took}\n")


def asked_back(chosen: QuestionSet, limit: int) -> None:
    """How many questions get a question back instead of an answer."""
    with tempfile.TemporaryDirectory() as folder:
        work = open_work_folder(Path(folder) / "work", chosen.documents)
        with Engine.open(load_settings({"data_dir": work.data_dir})) as engine:
            engine.ingest(work.files)
            asked = sample(chosen.questions, limit, 0)
            answers = [engine.ask(question.text) for question in asked]
    unclear = [answer for answer in answers if answer.clarification]
    print(f"{chosen.name}: {len(unclear)} of {len(asked)} questions are asked back")
    for answer in unclear:
        print(f"    {answer.question} {answer.clarification and answer.clarification.options}")


def conversations(chosen: QuestionSet) -> Iterator[SetTurn]:
    drawn = random.Random(0)
    by_article: dict[str, list[Question]] = defaultdict(list)
    for question in chosen.questions:
        if question.answerable and question.evidence:
            by_article[question.evidence[0].document].append(question)
    articles = {
        article: [q for q in questions if _title(article).search(q.text)] for article, questions in by_article.items()
    }
    articles = {article: questions for article, questions in articles.items() if len(questions) > 2}
    made = [list(_conversation(article, articles, drawn)) for article in articles for _ in range(5)]
    drawn.shuffle(made)
    for turns in made:
        yield from turns


def _conversation(article: str, articles: dict[str, list[Question]], drawn: random.Random) -> Iterator[SetTurn]:
    own = drawn.sample(articles[article], min(MOST_TURNS, len(articles[article])))
    history: list[Turn] = []
    for i, question in enumerate(own):
        asked, kind = (question.text, "first") if i == 0 else _shortened(question.text, article, drawn)
        if i and drawn.random() < 0.2:
            other = drawn.choice([name for name in articles if name != article])
            question = drawn.choice(articles[other])
            yield SetTurn(question, question.text, tuple(history), "other topic")
            continue
        yield SetTurn(question, asked, tuple(history), kind)
        history += [Turn("user", asked), Turn("assistant", question.answers[0])]


def _shortened(text: str, article: str, drawn: random.Random) -> tuple[str, str]:
    title = _title(article).pattern
    without = re.sub(rf"\s+(?:of|in)\s+(?:the\s+|an?\s+)?{title}(?=\W*$)", "", text, count=1, flags=re.I)
    if without != text and drawn.random() < 0.5:
        return without, "left out"
    many = article.partition(".")[0].endswith("s")
    owner, subject = ("their", "they") if many else ("its", "it")
    after = rf"(\b(?:of|in|to|from|with|by|for|on|about|than)\s+)(?:the\s+)?{title}"
    text = re.sub(rf"(?:\bthe\s+)?{title}(?:'s|’s)", owner, text, flags=re.I)
    text = re.sub(after, lambda m: m[1] + ("them" if many else "it"), text, flags=re.I)
    return re.sub(rf"(?:\bthe\s+)?{title}", subject, text, flags=re.I), "pronoun"


def _title(article: str) -> re.Pattern[str]:
    words = re.sub(r"\(.*?\)", "", article.rpartition(".")[0].replace("_", " ").replace("-", " ")).strip()
    return re.compile(rf"\b{re.escape(words).replace(chr(92) + ' ', '[ -]')}\b", re.I)


class _Unknown:
    """The encoder under a name that no scale of cosines is known for."""

    def __init__(self, encoder: Encoder) -> None:
        self.name = "unknown"
        self.encode_questions = encoder.encode_questions


def _cosine(one: Vectors, two: Vectors) -> float:
    return float((one * two).sum(axis=1).mean())


def _folded(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    main()
