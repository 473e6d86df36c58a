"""Whether a server may start: one that others can reach must not be open by accident."""

from contextlib import closing

from core.errors import SettingsError
from service.access.keys import Keys
from service.access.tables import AccessFile
from service.network_address import LOOPBACK
from service.settings import Settings
from service.timestamps import timestamp, utc_now


def count_keys(settings: Settings) -> tuple[int, int]:
    """How many API keys there are, and how many of them are good now."""
    with closing(AccessFile(settings.place)) as file:
        made = Keys(file).all()
    return len(made), sum(key.is_good(timestamp(utc_now())) for key in made)


def check_not_open_by_accident(settings: Settings) -> None:
    """Raises SettingsError where anybody could reach the server, and nobody has said who may do what."""
    if settings.server.host in LOOPBACK or settings.access.anonymous is not None:
        return
    made, good = count_keys(settings)
    if good:
        return
    why = (
        "every API key is expired or revoked: nobody could use it."
        if made
        else "there is no API key: everybody could read and change all."
    )
    raise SettingsError(
        f"Others can reach {settings.server.host}, and {why}",
        f"Make a key (footnoted keys create NAME --scope ask --data-dir {settings.data_dir}); or say what callers "
        'without one may do, by access.anonymous = ["ask"] in footnoted.toml or '
        "FOOTNOTED_ACCESS__ANONYMOUS='[\"ask\"]', or [] for nothing; or listen on 127.0.0.1.",
    )
