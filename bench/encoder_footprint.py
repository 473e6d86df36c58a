"""What one encoder takes in a new process: time until it answers, memory, room on disk, and the time of a question.

``python -m bench.encoder_footprint NAME BEGAN < TEXTS``: a JSON list of passages, and the time (Unix, seconds) at which
the process was started. Prints JSON. Linux only, where a process can read its memory; that of libraries, which all
encoders share, is counted too. The first run converts the model; run it twice.
"""

import json
import sys
import time
from pathlib import Path
from statistics import median

import platformdirs

from index.encode import SentenceTransformerEncoder
from index.encoder_names import ENGLISH, MULTILINGUAL, canonical
from index.packaged_e5 import package_file
from index.packaged_minilm import packaged_folder

_MIB = 1024**2
_QUESTIONS = (
    "When does the ferry leave?",
    "How many days of parental leave do employees in Geneva have, and who decides on it?",
    "渡轮什么时候离开港口，它要去哪里？",
)
_ROUNDS = 40


def main() -> None:
    name, started, texts = sys.argv[1], float(sys.argv[2]), json.load(sys.stdin)
    encoder = SentenceTransformerEncoder(name)
    found = {"on disk, MiB": on_disk(canonical(name))}
    encoder.encode_questions([_QUESTIONS[0]])
    found["first question after the start of Python, s"] = time.time() - started
    found["resident then, MiB"] = resident()
    began = time.perf_counter()
    encoder.prepare()
    found["preparing for many questions, s"] = time.perf_counter() - began
    encoder.encode_questions(_QUESTIONS)
    found["resident then, ready for many questions, MiB"] = resident()
    encoder.encode_passages(texts)
    found["resident after passages too, MiB"] = resident()
    kept = platformdirs.user_cache_path("footnoted") / "openvino"
    found["of both encoders' conversions on disk, MiB"] = sum(f.stat().st_size for f in kept.glob("*/*")) / _MIB
    plain = SentenceTransformerEncoder(name, backend="torch")
    by_plain, by_prepared = question_ms(plain, encoder)
    found |= {"a question, p50, ms": by_prepared, "the same by PyTorch, in turn with it, ms": by_plain}
    json.dump(found, sys.stdout)


def question_ms(*encoders: SentenceTransformerEncoder) -> list[float]:
    """The median of one question for each, all in turn."""
    taken: list[list[float]] = [[] for _ in encoders]
    for _ in range(_ROUNDS):
        for question in _QUESTIONS:
            for encoder, own in zip(encoders, taken, strict=True):
                began = time.perf_counter()
                encoder.encode_questions([question])
                own.append(time.perf_counter() - began)
    return [median(own) * 1000 for own in taken]


def resident() -> float:
    """MiB of this process in memory, with files that it has mapped and read."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096 / _MIB


def on_disk(name: str) -> float:
    """MiB of a packaged encoder."""
    files = {ENGLISH: lambda: packaged_folder().rglob("*"), MULTILINGUAL: lambda: [package_file()]}
    return sum(file.stat().st_size for file in files[name]() if file.is_file()) / _MIB


if __name__ == "__main__":
    main()
