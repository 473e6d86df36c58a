"""What the page's side says: its policies, its script tag, and whether its address may reach the server's."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from service.addresses import WIDGET_PATH, script_tag
from service.embedding.csp import CONNECT, SCRIPT, Policy, Script, allows_connection, allows_script
from service.embedding.finding import Finding
from service.embedding.page import Page, WidgetTag, origin_of
from service.network_address import LOOPBACK

_POLICY_NAME = re.compile(r"createPolicy\(\s*[\"'`]([\w\-#=/@.%]+)[\"'`]")
_IGNORED_WITH = frozenset({"'none'"})


def check_policies(page: Page, server: str, site: str | None, widget: str) -> Iterator[Finding]:
    """Whether every policy of the page lets it load the widget and call the server; ``widget`` is the script."""
    script = next((tag.script for tag in _ours(page, server)), Script(server + WIDGET_PATH))
    call = f"{server}/v1/sites/{site or 'site'}/session"
    findings = []
    for policy in page.policies:
        findings += _sandbox(policy)
        if not allows_script(policy, script, page.url):
            findings.append(_script_blocked(policy, server))
        if not allows_connection(policy, call, page.url):
            findings.append(_connection_blocked(policy, server))
        findings += _trusted_types(policy, widget)
    if findings:
        yield from findings
    elif page.policies:
        yield Finding("page's policy", "ok", "its Content-Security-Policy lets the widget load and call the server")
    else:
        more = ", only one that reports" if page.reported_only else ""
        yield Finding("page's policy", "ok", f"it has no Content-Security-Policy{more}")


def check_tag(page: Page, server: str, site: str | None) -> Finding:
    """Whether the page has the script tag, of this server and site."""
    tag = script_tag(server, site or "site_…")
    ours = _ours(page, server)
    if not page.tags and page.has_element:
        return Finding("script tag", "ok", "the page has <footnoted-chat>; its script is loaded in another way")
    if not page.tags:
        hint = f"Add {tag} before </body>. If a script adds it later, this check cannot see it."
        where = "The page" if page.is_whole else "The first MiB of the page"
        return Finding("script tag", "warning", f"{where} has no script tag of the widget.", hint)
    if not ours:
        found = page.tags[0].script.url
        return Finding("script tag", "failed", f"The page loads {found}, not from {server}.", f"Change it to {tag}.")
    if site is not None and not any(one.site == site for one in ours):
        found = ours[0].site or "none"
        return Finding("script tag", "failed", f"The script tag names the site {found}, not {site}.", f"Use {tag}.")
    if not any(one.site for one in ours):
        return Finding("script tag", "failed", "The script tag has no data-site.", f"Use {tag}.")
    return Finding("script tag", "ok", f"the page has it, with data-site {ours[0].site}")


def check_mixed_content(page_url: str, server: str) -> Finding | None:
    """Browsers block what an https page loads over http, but for this very machine."""
    page, target = urlsplit(page_url), urlsplit(server)
    if page.scheme != "https" or target.scheme != "http":
        return None
    if target.hostname in LOOPBACK:
        message = "The page is https and the server is this machine over http: that works on this machine only."
        return Finding("mixed content", "warning", message, "Give the server a name and https before others use it.")
    hint = (
        f"Serve Footnoted over https, by a reverse proxy with a certificate in front of it, "
        f"and use https://{target.netloc} in the script tag."
    )
    return Finding("mixed content", "failed", "The page is https and the server http: browsers block that.", hint)


def _ours(page: Page, server: str) -> list[WidgetTag]:
    return [tag for tag in page.tags if origin_of(tag.script.url).lower() == origin_of(server).lower()]


def _script_blocked(policy: Policy, server: str) -> Finding:
    name = policy.effective(SCRIPT) or SCRIPT[1]
    values = policy.directives[name]
    message = f"{_of(policy)} does not let the page load the widget ({name} {' '.join(values)})."
    if any(value.lower() == "'strict-dynamic'" for value in values):
        hint = (
            "With 'strict-dynamic' lists of hosts do not count: give the script tag the page's nonce, "
            f'<script nonce="…" src="{server}{WIDGET_PATH}" …>, as its other scripts have it.'
        )
        return Finding("page's policy", "failed", message, hint)
    target = name if name != "default-src" else "script-src"
    return Finding("page's policy", "failed", message, _line(policy, target, values, server))


def _connection_blocked(policy: Policy, server: str) -> Finding:
    name = policy.effective(CONNECT) or CONNECT[0]
    values = policy.directives[name]
    message = f"{_of(policy)} does not let the page call the server ({name} {' '.join(values)})."
    return Finding("page's policy", "failed", message, _line(policy, "connect-src", values, server))


def _line(policy: Policy, name: str, values: tuple[str, ...], server: str) -> str:
    """The directive as it has to be: a new one starts from what default-src allowed so far."""
    kept = [value for value in values if value.lower() not in _IGNORED_WITH]
    verb = "Change the directive" if name in policy.directives else "Add the directive"
    return f"{verb} to: {name} {' '.join([*kept, server])}"


def _sandbox(policy: Policy) -> list[Finding]:
    flags = policy.directives.get("sandbox")
    if flags is None:
        return []
    given = {flag.lower() for flag in flags}
    missing = [flag for flag in ("allow-scripts", "allow-same-origin") if flag not in given]
    if not missing:
        return []
    message = f"{_of(policy)} puts the page into a sandbox without {' and '.join(missing)}."
    return [Finding("page's policy", "failed", message, f"Change it to: sandbox {' '.join([*flags, *missing])}")]


def _trusted_types(policy: Policy, widget: str) -> list[Finding]:
    """A list of names that lacks those that the widget makes stops its script where it begins."""
    names = policy.directives.get("trusted-types")
    wanted = sorted(set(_POLICY_NAME.findall(widget)))
    if names is None or "*" in names:
        return []
    missing = [name for name in wanted if name not in names]
    if not missing:
        return []
    kept = [name for name in names if name.lower() not in _IGNORED_WITH]
    message = f"{_of(policy)} does not let the widget make its trusted types ({', '.join(missing)})."
    return [Finding("page's policy", "failed", message, f"Change it to: trusted-types {' '.join([*kept, *missing])}")]


def _of(policy: Policy) -> str:
    return policy.where[0].upper() + policy.where[1:]
