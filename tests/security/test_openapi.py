"""Schemathesis: every operation of the OpenAPI with what fits its schema and what does not. Nothing ends in a 5xx."""

from contextlib import suppress

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

pytestmark = pytest.mark.slow

EXAMPLES = 6
"""For each operation, of each kind; the whole run stays within minutes."""

bounded = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
_HARMFUL = {("POST", "/v1/admin/sync"), ("POST", "/v1/admin/session"), ("DELETE", "/v1/admin/session")}
"""Not for the operator: they read this machine, or end what the others need."""


@pytest.fixture(scope="module")
def described(target):
    return schemathesis.openapi.from_url(f"{target.url}/openapi.json")


def server_errors(described, kind, headers, left_out=frozenset()):
    """Operations that answered with a 5xx, each once, with the request; and how many were tried."""
    found, tried = {}, 0

    def call(case):
        response = case.call(headers=headers)
        if response.status_code >= 500:
            found.setdefault(case.operation.label, (response.status_code, case.as_curl_command()))

    for result in described.get_all_operations():
        operation = result.ok()
        if (operation.method.upper(), operation.path) in left_out:
            continue
        with suppress(Unsatisfiable):  # an operation that takes nothing cannot be asked wrongly
            bounded(given(case=operation.as_strategy(generation_mode=kind))(call))()
            tried += 1
    return found, tried


@pytest.mark.parametrize("kind", list(schemathesis.GenerationMode), ids=lambda kind: kind.value)
@pytest.mark.parametrize("who", ["stranger", "operator"])
def test_no_request_ends_in_a_server_error(described, target, kind, who):
    headers = {"Authorization": target.operator.headers["Authorization"]} if who == "operator" else {}
    found, tried = server_errors(described, kind, headers, _HARMFUL if who == "operator" else frozenset())
    assert tried >= 30
    assert found == {}


def test_after_all_that_the_server_still_answers(target):
    assert target.is_well()
