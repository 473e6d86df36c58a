"""``footnoted eval``: figures for your own questions on your own documents. Each command has a file of its own."""

import typer

from evals.calibrate_command import calibrate
from evals.check_command import check
from evals.compare_command import compare_runs
from evals.export_ragas_command import export_ragas
from evals.from_feedback_command import from_feedback
from evals.gaps_command import gaps
from evals.gate_command import gate
from evals.generate.command import generate
from evals.judge_command import judge
from evals.report_command import report
from evals.run_command import run
from evals.sweep_command import sweep

app = typer.Typer(no_args_is_help=True, help="Measure how well questions on documents are answered.")


@app.callback()
def evaluation() -> None:
    """Measure how well questions on documents are answered."""


# In the order in which they are used.
app.command()(check)
app.command()(run)
app.command()(report)
app.command("compare")(compare_runs)
app.command()(gate)
app.command()(sweep)
app.command()(calibrate)
app.command()(generate)
app.command()(from_feedback)
app.command()(gaps)
app.command()(judge)
app.command()(export_ragas)
