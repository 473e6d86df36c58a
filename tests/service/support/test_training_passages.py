"""What the score is fitted and measured on is the same in every process."""

import subprocess
import sys
from pathlib import Path

_ID = "from training.support_passages import passage; print(passage('Mill', 'It was built in 1871.').id)"


def test_a_passage_has_the_same_id_in_every_process() -> None:
    ids = {
        subprocess.run(
            [sys.executable, "-c", _ID],
            env={"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(ids) == 1
