"""The visitor of a site's page, as a dependency of every route below ``/v1/sites/{site}`` but the first call."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Request

from core.errors import OriginNotAllowed
from service.access.needs import visitor
from service.access.principal import set_principal
from service.network_address import client_address
from service.routes.state import State
from service.sites.origins import is_allowed, is_of_host, origin_of_browser
from service.sites.records import Site

SiteId = Annotated[str, Path(alias="site", description="The site's public id.", examples=["site_4f9Qm2xKc0aZ"])]
_WITHOUT_ORIGIN = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class SiteVisit:
    """A call with a good token, from a page that may use the site. ``address`` is what the limits count by."""

    site: Site
    session_id: str
    address: str


def site_visit(request: Request, state: State, site_id: SiteId) -> SiteVisit:
    """Raises SessionExpired, NotFound for a site that was removed, OriginNotAllowed."""
    address = client_address(request.scope)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    session = state.tokens.read(token.strip() if scheme.lower() == "bearer" else None, site_id)
    site = state.sites.get(site_id)
    given = request.headers.get("origin")
    if given is None:
        if request.method not in _WITHOUT_ORIGIN:  # a browser sends it with every POST
            raise OriginNotAllowed("The request does not say which page it comes from.", "Send the header Origin.")
    elif origin_of_browser(given) != session.origin:
        raise OriginNotAllowed(
            f"The session token is not of a page of {given}.", f"It was given to one of {session.origin}."
        )
    check_origin(request, site, session.origin)
    set_principal(request.scope, visitor(site.id, site.collection))
    return SiteVisit(site, session.id, address)


def check_origin(request: Request, site: Site, origin: str) -> None:
    """Whether pages of an origin may use the site; the server's own always may, for the operator's preview.

    Raises OriginNotAllowed.
    """
    if not is_allowed(origin, site.origins) and not is_of_host(origin, request.headers.get("host", "")):
        raise OriginNotAllowed(
            f"Pages of {origin} may not use the site {site.name!r}.",
            f"Its owner can allow it: footnoted sites edit {site.id} --add-origin {origin}",
        )


SiteSession = Annotated[SiteVisit, Depends(site_visit)]
