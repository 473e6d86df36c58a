"""Where the server listens: whether the port is free, and who may do what there."""

import socket
from urllib.parse import urlsplit

from core.errors import FootnotedError
from service.access.principal import AccessScope
from service.access.startup import check_not_open_by_accident, count_keys
from service.embedding.finding import Finding
from service.network_address import LOOPBACK
from service.settings import Settings


def check_port(settings: Settings) -> Finding:
    """Whether a server could listen there now."""
    host, port = settings.server.host, settings.server.port
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.create_server((host, port), family=family):
            return Finding("port", "ok", f"{host}:{port} is free")
    except OSError as error:
        hint = "A running server holds it, or choose --port."
        return Finding("port", "warning", f"{host}:{port}: {error.strerror}.", hint)


def check_access(settings: Settings) -> Finding:
    """Who may do what without a key. Raises FootnotedError."""
    host, anonymous = settings.server.host, settings.access.anonymous
    try:
        check_not_open_by_accident(settings)
    except FootnotedError as error:
        return Finding("access", "failed", error.message, error.hint)
    if anonymous is not None and AccessScope.INGEST in anonymous:
        hint = 'Set access.anonymous = ["ask"], and make keys for those who bring documents.'
        return Finding("access", "warning", f"Whoever reaches {host} may add and delete documents.", hint)
    if anonymous is not None:
        return Finding(
            "access", "ok", f"without a key, whoever reaches {host} may {' and '.join(anonymous) or 'nothing'}"
        )
    made, good = count_keys(settings)
    if good:
        return Finding("access", "ok", "with a key only")
    if made:
        hint = 'Make a key (footnoted keys create NAME --scope ask), or set access.anonymous = ["ask", "ingest"].'
        return Finding("access", "warning", "Every key is expired or revoked: only operators may do anything.", hint)
    public = urlsplit(settings.server.public_url or "").hostname
    if public is not None and public not in LOOPBACK:
        message = (
            f"A proxy publishes it as {public}, and without a key everybody may ask, and add and delete documents."
        )
        hint = 'Make a key (footnoted keys create NAME --scope ask), or set access.anonymous = ["ask"] to publish it.'
        return Finding("access", "warning", message, hint)
    return Finding("access", "ok", "open to this machine, as long as no proxy publishes it")
