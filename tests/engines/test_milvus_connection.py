"""What an error of Milvus means: who is not let in is told so, and what passes is told to come again."""

import pytest

from core.errors import NotReady, SettingsError
from index.engines.milvus.connection import MilvusConnection
from index.engines.milvus.url import MilvusAddress

pytest.importorskip("pymilvus")
grpc = pytest.importorskip("grpc")

CONNECTION = MilvusConnection(MilvusAddress("http://host:19530", "user:secret"))


class Refused(grpc.RpcError):
    """As gRPC tells one."""

    def __init__(self, code):
        super().__init__()
        self._code = code

    def code(self):
        return self._code

    def details(self):
        return ""


@pytest.mark.parametrize(
    "reason",
    [
        "rpc error: code = Unauthenticated desc = auth check failure, please check username and password are correct",
        "PrivilegeSearch: permission deny to user in the `default` database",
        "status = StatusCode.UNAUTHENTICATED, details = missing authorization in header",
    ],
)
def test_who_is_not_let_in_is_told_to_check_the_settings(reason):
    assert isinstance(CONNECTION._told(reason), SettingsError)


@pytest.mark.parametrize(
    "reason",
    [
        "author: field not found",
        "node authority-3 is offline",
        "failed to get the authorization cache: context deadline exceeded",
        "auth check failure: etcdserver: request timed out",
        "transport: authentication handshake failed: connection reset by peer",
    ],
)
def test_what_passes_is_told_to_come_again(reason):
    assert isinstance(CONNECTION._told(reason), NotReady)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (grpc.StatusCode.UNAUTHENTICATED, SettingsError),
        (grpc.StatusCode.PERMISSION_DENIED, SettingsError),
        (grpc.StatusCode.DEADLINE_EXCEEDED, NotReady),
        (grpc.StatusCode.UNAVAILABLE, NotReady),
    ],
)
def test_codes_tell_where_there_are_no_words(monkeypatch, code, expected):
    class Client:
        def close(self):
            """Nothing was opened."""

    monkeypatch.setattr(CONNECTION, "_connect", Client)
    with pytest.raises(expected), CONNECTION.asked():
        raise Refused(code)
    CONNECTION.close()
