"""A server with keys: two tenants, who share nothing, and an operator."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from service.access.keys import Keys
from service.access.principal import AccessScope
from service.access.tables import AccessFile

OTTER = "The otter Ida eats two kilograms of fish a day."
VAULT = "The code of the vault in Larkspur is 4711."
BEAVER = "The beaver Bruno eats the bark of willows all day."


@dataclass(frozen=True)
class Keyed:
    """Where the server is, and the secrets of its keys by name."""

    url: str
    folder: Path
    secrets: dict[str, str]
    documents: dict[str, str] = field(default_factory=dict)

    def client(self, name: str | None) -> httpx.Client:
        """With a key; with the operator's token; or with nothing."""
        token = (
            (self.folder / "admin.token").read_text().strip() if name == "operator" else self.secrets.get(name or "")
        )
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=120)


def make_keys(folder: Path) -> dict[str, str]:
    """Secrets by name: of two tenants, of one that reads a labelled document, and of each scope alone."""
    file = AccessFile(folder)
    keys = Keys(file)
    both, alpha = (AccessScope.ASK, AccessScope.INGEST), ["alpha"]
    made = {
        "alpha": keys.create("alpha", both, collections=alpha),
        "board": keys.create("board", (AccessScope.ASK,), collections=alpha, labels=["board"]),
        "beta": keys.create("beta", both, collections=["beta"]),
        "asks": keys.create("asks", (AccessScope.ASK,)),
        "ingests": keys.create("ingests", (AccessScope.INGEST,)),
        "administers": keys.create("administers", (AccessScope.ADMIN,)),
    }
    file.close()
    return {name: secret for name, (_, secret) in made.items()}


@pytest.fixture(scope="module")
def keyed(start_server, settle, tmp_path_factory) -> Iterator[Keyed]:
    """Documents: ``otter``, and ``vault`` and its ``copy`` with the label board, in alpha; ``beaver`` in beta.

    For reading only.
    """
    folder = tmp_path_factory.mktemp("keyed") / "data"
    secrets = make_keys(folder)
    with start_server(folder) as running:
        made = Keyed(running.url, folder, secrets)
        for name, tenant, text, label in (
            ("otter", "alpha", OTTER, []),
            ("vault", "alpha", VAULT, ["board"]),
            ("copy", "alpha", VAULT, ["board"]),
            ("beaver", "beta", BEAVER, []),
        ):
            with made.client(tenant) as client:
                files = [("files", (f"{name}.txt", text))]
                sent = client.post("/v1/documents", files=files, data={"collection": tenant, "label": label})
                assert sent.status_code == 202, sent.text
                made.documents[name] = settle(client, sent.headers["location"])["files"][0]["document_id"]
        yield made
