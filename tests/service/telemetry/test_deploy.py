"""The dashboard and the alert rules: every metric, label and value that they name is one that the service tells."""

import json
import re
from pathlib import Path

import pytest
import yaml
from prometheus_client import REGISTRY

from core.types import AnswerStatus, Verdict
from service.telemetry import metrics  # noqa: F401 (makes the metrics)
from service.telemetry.scrape import _State

DEPLOY = Path(__file__).parents[3] / "deploy"
ALERTS = DEPLOY / "prometheus" / "alerts.yml"
DASHBOARD = DEPLOY / "grafana" / "footnoted.json"
_NAME = re.compile(r"footnoted_[a-z_]+")
_SELECTOR = re.compile(r"(footnoted_[a-z_]+)\{([^}]*)\}")
_BY = re.compile(r"by \(([^)]*)\)")
OWN = {"instance", "job", "le"}  # of Prometheus itself
VALUES = {
    "outcome": {status.value for status in AnswerStatus},
    "verdict": {verdict.value for verdict in Verdict},
    "result": {"hit", "miss"},
    "of": {"jobs", "files"},
    "reason": {"overloaded", "key", "address", "site", "session"},
}


@pytest.fixture(scope="module")
def told(sample_engine, tmp_path_factory):
    """Every sample's name, with its labels."""
    from service.jobs.store import JobStore

    found = {}
    families = [*REGISTRY.collect(), *_State(sample_engine, JobStore(tmp_path_factory.mktemp("jobs")), True).collect()]
    labels = {name: set(m._labelnames) for m, names in REGISTRY._collector_to_names.items() for name in names
              if hasattr(m, "_labelnames")}  # fmt: skip
    for family in families:
        found |= {sample.name: set(sample.labels) for sample in family.samples}
    return {name: found.get(name, set()) | labels.get(name, set()) for name in found | labels}


def expressions():
    rules = yaml.safe_load(ALERTS.read_text())["groups"][0]["rules"]
    panels = json.loads(DASHBOARD.read_text())["panels"]
    queries = [(panel["title"], target["expr"]) for panel in panels for target in panel.get("targets", [])]
    return [(rule["alert"], rule["expr"]) for rule in rules] + queries


EXPRESSIONS = expressions()


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS, ids=[where for where, _ in EXPRESSIONS])
def test_what_is_asked_for_is_told(told, where, expression):
    names = _NAME.findall(expression)
    assert names or "up{" in expression
    for name in names:
        assert name in told, name
    for name, selector in _SELECTOR.findall(expression):
        for label, value in re.findall(r'(\w+)=~?"([^"]*)"', selector):
            assert label in told[name] | OWN, (name, label)
            for one in value.split("|"):
                assert label not in VALUES or one in VALUES[label], (label, one)
    allowed = set().union(*(told[name] for name in names)) | OWN
    for by in _BY.findall(expression):
        assert {label.strip() for label in by.split(",") if label.strip()} <= allowed, by


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS, ids=[where for where, _ in EXPRESSIONS])
def test_brackets_close(where, expression):
    for opening, closing in ("()", "[]", "{}"):
        assert expression.count(opening) == expression.count(closing)


def test_every_alert_says_what_to_do():
    for rule in yaml.safe_load(ALERTS.read_text())["groups"][0]["rules"]:
        assert rule["annotations"].keys() == {"summary", "action"}
        assert rule["labels"]["severity"] in ("page", "warn")


def test_every_metric_is_on_the_dashboard_or_in_an_alert():
    shown = set().union(*(_NAME.findall(expression) for _, expression in EXPRESSIONS))
    ours = {family.name for family in REGISTRY.collect() if family.name.startswith("footnoted_")}
    assert {name for name in ours if not any(one.startswith(name) for one in shown)} == set()


def test_panels_have_ids_of_their_own_and_do_not_overlap():
    panels = json.loads(DASHBOARD.read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells
