"""Where browsers reach the service, and the script tag that brings the widget from there."""

from html import escape

WIDGET_PATH = "/widget.js"
_EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def own_address(host: str, port: int) -> str:
    """What a browser on this machine calls a server that listens on ``host``, which may stand for every address."""
    named = _EVERY_ADDRESS.get(host, host)
    return f"http://{f'[{named}]' if ':' in named else named}:{port}"


def script_tag(server: str, site_id: str) -> str:
    """What a page has to hold to show the chat of a site."""
    return f'<script src="{escape(server + WIDGET_PATH)}" data-site="{escape(site_id)}" defer></script>'
