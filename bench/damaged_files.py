"""Damaged files of every format, each between good neighbours: refused or read, never a crash, a hang or a loss.

``python -m bench.damaged_files --count 500 --seed 1``. Exit code 1 where a file raised something else than a
ReadError, took longer than the limit, or its good neighbour was not read as before.
"""

import argparse
import io
import json
import random
import resource
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

from bench.damaged_seeds import packed, seeds
from core.errors import ReadError
from ingest.archives import is_archive, members
from ingest.read import read

_LIMIT_S = 200.0  # the parser's own is 180

Damage = Callable[[bytes, random.Random], bytes]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a damaged file: ``read``, the code of its error, ``crash`` (its process died, refused) or
    ``raised`` and ``lost``, which must not be."""

    number: int
    name: str
    damage: str
    outcome: str
    seconds: float
    message: str = ""


def texts(data: bytes, name: str) -> list[str]:
    """The texts of a file, or of what is in an archive. Raises ReadError if there is none."""
    if not is_archive(data, name):
        return [read(data, f"file:///{name}", name).document.text]
    found, error = [], None
    for member in members(data, name):
        if isinstance(member, tuple):
            error = member[1]
            continue
        try:
            found.append(read(member.data, f"file:///{name}!/{member.path}", member.path).document.text)
        except ReadError as reason:
            error = reason
    if not found:
        raise error or ReadError(f"{name} holds no files.", "Pack it again.")
    return found


def flipped(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 4, 30, max(1, len(data) // 50)))):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(1, len(data))]


def zeroed(data: bytes, rng: random.Random) -> bytes:
    start, length = rng.randrange(len(data)), rng.choice((16, 512, 4096))
    return data[:start] + bytes(min(length, len(data) - start)) + data[start + length :]


def repeated(data: bytes, rng: random.Random) -> bytes:
    start, length = rng.randrange(len(data)), rng.choice((16, 512, 4096))
    return data[:start] + data[start : start + length] * rng.choice((2, 5, 200)) + data[start + length :]


def dropped(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.choice((1, 16, 512)) :]


def swapped_header(data: bytes, rng: random.Random) -> bytes:
    other = rng.choice(list(seeds().values()))
    length = rng.choice((4, 16, 64))
    return other[:length] + data[length:]


def inner(data: bytes, rng: random.Random) -> bytes:
    """A file within a package is damaged, and packed again with a right checksum; other files are flipped."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error):
        return flipped(data, rng)
    for name in rng.sample(sorted(files), min(len(files), rng.choice((1, 1, 3)))):
        if files[name]:
            files[name] = rng.choice((flipped, cut, zeroed, repeated, dropped, nested))(files[name], rng)
    return packed(files)


def nested(data: bytes, rng: random.Random) -> bytes:
    """Something of the format, opened many thousand times."""
    opening = data[:1]
    for start, inside in (
        (b"{\\rtf", b"{\\b "),
        (b"[", b"["),
        (b"{", b'{"a":'),
        (b"<", b"<div><ul><li>"),
        (b"#", b"> - "),
        (b"%PDF", b"[<<"),
    ):
        if data.startswith(start):
            opening = inside
            break
    at = rng.choice((0, len(data) // 2, len(data)))
    if opening.startswith(b"<") and b">" in data:
        at = data.index(b">", min(at, data.rindex(b">"))) + 1
    return data[:at] + opening * rng.choice((300, 5_000, 60_000)) + data[at:]


DAMAGES: tuple[Damage, ...] = (flipped, cut, zeroed, repeated, dropped, swapped_header, inner, inner, nested)


def outcomes(count: int, seed: int, workers: int) -> Iterator[Outcome]:
    """Damaged files in turn through the formats, each followed by the same file whole."""
    whole = {name: (data, texts(data, name)) for name, data in seeds().items()}
    names = sorted(whole)

    def one(number: int) -> Outcome:
        rng = random.Random(seed * 1_000_003 + number)
        name = names[number % len(names)]
        data, expected = whole[name]
        damage = rng.choice(DAMAGES)
        damaged = damage(data, rng)
        began = time.monotonic()
        message = ""
        try:
            texts(damaged, name)
            outcome = "read"
        except ReadError as error:
            outcome = "crash" if "stopped its reader" in error.message else error.code
            message = str(error)
        except Exception as error:  # noqa: BLE001 - what this looks for
            outcome, message = "raised", f"{type(error).__name__}: {error}"
        seconds = time.monotonic() - began
        try:
            lost = texts(data, name) != expected
        except ReadError as error:
            lost, message = True, f"{message} / neighbour: {error}"
        return Outcome(number, name, damage.__name__, "lost" if lost else outcome, seconds, message)

    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(one, range(count))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    found = []
    for outcome in outcomes(arguments.count, arguments.seed, arguments.workers):
        found.append(outcome)
        if outcome.outcome in ("raised", "lost", "crash") or outcome.seconds > _LIMIT_S:
            print(json.dumps(asdict(outcome)), flush=True)
    counts = Counter(outcome.outcome for outcome in found)
    slowest = sorted(found, key=lambda outcome: -outcome.seconds)[:5]
    bad = counts["raised"] + counts["lost"] + sum(outcome.seconds > _LIMIT_S for outcome in found)
    table = {
        "files": len(found),
        "outcomes": dict(counts.most_common()),
        "slowest": [(o.name, o.damage, o.number, round(o.seconds, 2), o.outcome) for o in slowest],
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "failures": bad,
    }
    print(json.dumps(table, indent=2))
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
