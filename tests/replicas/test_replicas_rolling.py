"""Replicas are restarted, replaced and killed one after the other while questions come: nobody notices."""

import shutil
from contextlib import ExitStack

import pytest
from asking import Asking
from replica_pair import QUESTION, SENTENCE, until

from footnoted_client import Answer, Client
from footnoted_client.errors import ClientError

pytestmark = pytest.mark.slow

_CLIENTS = 3
_BETWEEN = 6  # questions of each client before the next replica goes


class AskingAll(Asking):
    """By searches, answers and streams in turn."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.answers: list[str] = []

    def _ask(self) -> None:
        with Client(self._url) as client:
            while not self._stop.is_set():
                for ask in (_searched, _answered, _streamed):
                    try:
                        self.answers.append(ask(client))
                    except ClientError as error:
                        self.errors.append(repr(error))


def _searched(client: Client) -> str:
    return client.search(QUESTION)[0].text


def _answered(client: Client) -> str:
    return client.ask(QUESTION, model="reader").answer.removesuffix(" [1]")


def _streamed(client: Client) -> str:
    *_, answer = client.stream(QUESTION, model="reader")
    assert isinstance(answer, Answer)
    return answer.answer.removesuffix(" [1]")


def stop_and_start(replica) -> None:
    replica.stop()
    replica.start()


def move_to_another_machine(replica) -> None:
    """A new machine has nothing but the settings."""
    replica.stop()
    shutil.rmtree(replica.folder)
    replica.start()


def kill_and_start(replica) -> None:
    replica.kill()
    replica.start()


@pytest.mark.parametrize("renew", [stop_and_start, move_to_another_machine, kill_and_start])
def test_no_client_that_tries_once_more_sees_an_error(pair, renew):
    with ExitStack() as stack:
        clients = [stack.enter_context(AskingAll(pair.url)) for _ in range(_CLIENTS)]

        def all_go_on() -> None:
            before = [len(asking.answers) for asking in clients]
            until(lambda: all(len(a.answers) >= n + _BETWEEN for a, n in zip(clients, before, strict=True)))

        for replica in (pair.one, pair.other):
            all_go_on()
            renew(replica)
        all_go_on()
    assert [error for asking in clients for error in asking.errors] == []
    assert {answer for asking in clients for answer in asking.answers} == {SENTENCE}
