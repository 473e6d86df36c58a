"""The application as a whole: that it closes what it opened."""

import pytest


def test_what_cannot_be_closed_keeps_nothing_else_open(in_process, tmp_path, monkeypatch):
    closed = []

    def watched(owner, name, fails=False):
        close = getattr(owner, name)

        def call():
            close()
            closed.append(owner)
            if fails:
                raise OSError("The disk is full.")

        monkeypatch.setattr(owner, name, call)

    with pytest.raises(OSError, match="disk is full"), in_process(tmp_path / "data") as client:
        state = client.app.state.service
        watched(state.questions, "stop", fails=True)
        watched(state.sessions, "close", fails=True)
        others = [(state.jobs, "stop"), (state.engine, "close"), (state.access, "close"), (state.audit, "close")]
        for owner, name in others:
            watched(owner, name)
    assert closed == [state.questions, state.jobs, state.sessions, *(owner for owner, _ in others[1:])]
