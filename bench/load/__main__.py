"""``python -m bench.load SET [--passages 20000] [--clients 1 8 32 64] [--what search ask write] [--folder FOLDER]
[--seconds 20] [--workers 1] [--setting NAME=VALUE …] [--soak MINUTES] [--overload]
[--replicas MINUTES --database URL --storage URL]``.

A server process on loopback with an index of so many passages of SET (such as SQuAD), and clients that ask its
questions, each once: search, answers by the reader, answers by a mock chat model of set speed. The cache of answers
is off, unless ``--setting LIMITS__ANSWER_CACHE_MB=64`` turns it on; ``--repeat 20`` then asks 20 questions again and
again. Prints Markdown. FOLDER keeps the index for the next run. ``--replicas`` runs two servers on a PostgreSQL with
pgvector and a Redis behind nginx, and kills one each minute. Linux only.
"""

import argparse
import asyncio
import itertools
import os
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from bench.load.clients import PATHS, closed_loop, with_clients
from bench.load.corpus import Corpus, corpus
from bench.load.figures import HEADER, row
from bench.load.mock_model import mock_model
from bench.load.overload import check_alive, overload
from bench.load.replicas import two_replicas, with_deaths
from bench.load.server import Served, serving
from bench.load.soak import soak

_WARM_UP_S = 3.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path)
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--clients", type=int, nargs="*", default=[1, 8, 32, 64])
    parser.add_argument("--what", choices=PATHS, nargs="*", default=list(PATHS))
    parser.add_argument("--folder", type=Path, default=Path("build/load"))
    parser.add_argument("--seconds", type=float, default=20.0, help="of each line of the table")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--setting", action="append", default=[], metavar="NAME=VALUE", help="as in the environment")
    parser.add_argument("--repeat", type=int, help="ask only so many questions, again and again")
    parser.add_argument("--first-s", type=float, default=0.4, help="seconds to the mock model's first word")
    parser.add_argument("--tokens-per-s", type=float, default=50.0, help="of the mock model")
    parser.add_argument("--soak", type=float, metavar="MINUTES")
    parser.add_argument("--overload", action="store_true")
    parser.add_argument("--replicas", type=float, metavar="MINUTES", help="two of them, one killed each minute")
    parser.add_argument("--database", metavar="URL", help="the PostgreSQL of the replicas")
    parser.add_argument("--storage", metavar="URL", help="the Redis of the replicas")
    options = parser.parse_args()
    if options.replicas and not (options.database and options.storage):
        parser.error("--replicas needs --database and --storage")
    folder = options.folder / str(options.passages)
    made = corpus(options.set, options.passages, folder, options.database if options.replicas else None)
    questions = made.questions[: options.repeat] if options.repeat else made.questions
    settings = {"LIMITS__ANSWER_CACHE_MB": "0", "SERVER__WORKERS": str(options.workers), "QUESTIONS__KEEP_DAYS": "0"}
    settings |= dict(one.split("=", 1) for one in options.setting)
    with ExitStack() as stack:
        if "write" in options.what:
            url = stack.enter_context(mock_model(options.first_s, options.tokens_per_s))
            settings |= {"MODEL__NAME": "openai:mock", "MODEL__BASE_URL": url}
        if options.replicas:
            url, replicas = stack.enter_context(two_replicas(folder, options.database, options.storage, **settings))
            for kind, clients in itertools.product(options.what, options.clients):
                asyncio.run(with_deaths(url, replicas, kind, questions, clients, options.replicas))
            return
        served = stack.enter_context(serving(made.data, **settings))
        print(
            f"{made.passages} passages, {os.cpu_count()} cores, {options.workers} workers, settings {options.setting}"
        )
        if options.soak:
            for kind in options.what:
                asyncio.run(soak(served, kind, questions, made.sentences, options.soak / len(options.what)))
        elif options.overload:
            for kind in options.what:
                asyncio.run(overload(served, kind, questions, options.seconds))
                check_alive(served)
        else:
            _table(served, made, options, questions)
        answering = served.answering_mb()
        print(f"memory of the processes that answer: {answering:.0f} MB")


def _table(served: Served, made: Corpus, options: argparse.Namespace, questions: Sequence[str]) -> None:
    print(HEADER, flush=True)
    at = 0
    for kind in options.what:
        for clients, seconds in ((1, _WARM_UP_S), *((clients, options.seconds) for clients in options.clients)):
            use = partial(closed_loop, clients=clients, seconds=seconds)
            asked = [*questions[at:], *questions[:at]]
            told = asyncio.run(with_clients(served.url, kind, asked, use, clients))
            at = (at + len(told.answered_s) + len(told.refused_s)) % len(questions)
            if seconds is not _WARM_UP_S:
                print(row(kind, clients, told), flush=True)
                for error in told.errors[:3]:
                    print(f"<!-- {error} -->")


if __name__ == "__main__":
    main()
