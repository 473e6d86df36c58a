"""Questions of sites' visitors at the gate."""

import asyncio
from collections.abc import Sequence

from service.call_limits import CallLimits, Window
from service.load.admission import Admission

PAGE = "https://page.example"


class Elsewhere(CallLimits):
    """Counts as on another machine would be: notes whether the event loop waits for it."""

    blocks = True

    def __init__(self) -> None:
        super().__init__()
        self.on_the_loop: list[bool] = []

    def count(self, windows: Sequence[Window], refusal: str) -> None:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            self.on_the_loop.append(False)
        else:
            self.on_the_loop.append(True)


def asked(client, site_id: str, token: str = "") -> int:
    sent = {"Origin": PAGE, "Authorization": f"Bearer {token}"}
    return client.post(f"/v1/sites/{site_id}/ask", json={"question": "Why?"}, headers=sent).status_code


def test_the_event_loop_does_not_wait_for_what_counts_them(in_process, tmp_path):
    with in_process(tmp_path / "data") as client:
        state = client.app.state.service
        site = state.sites.add("Docs", "default", [PAGE])
        elsewhere = state.limits._limits = Elsewhere()
        opened = client.post(f"/v1/sites/{site.id}/session", json={}, headers={"Origin": PAGE})
        assert asked(client, site.id, opened.json()["token"]) in (200, 404)
        # of the opening the request and the session, of the question the request and itself
        assert elsewhere.on_the_loop == [False] * 4


def test_strangers_without_a_token_are_counted_before_the_queue(in_process, tmp_path, monkeypatch):
    entered = []
    enter = Admission.enter

    async def counted(admission: Admission) -> object:
        entered.append(True)
        return await enter(admission)

    monkeypatch.setattr(Admission, "enter", counted)
    with in_process(tmp_path / "data", sites={"requests_per_minute_per_address": 3}) as client:
        assert [asked(client, "site_none") for _ in range(6)] == [401] * 3 + [429] * 3
    assert len(entered) == 3
