"""What a route asks of its caller, as dependencies that the route declares.

Denials are the same whether or not the thing exists: without credentials that count 401; without the scope 403; in a
collection outside of what the caller may see, the very 404 of a collection that does not exist.
"""

from collections.abc import MutableMapping
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from starlette.concurrency import run_in_threadpool

from core.errors import FootnotedError, Forbidden, KeyInvalid, NotFound, SignInNeeded
from service.access.principal import NOBODY, AccessScope, Principal, principal_of, set_principal

_REFUSAL = "footnoted.refusal"
_CollectionName = Annotated[str, Query(description="Which collection.")]


class Declared:
    """Of every route one dependency is such: a test looks for it."""

    def __init__(self, *scopes: AccessScope) -> None:
        """Any of the scopes is enough."""
        self.scopes = scopes


class Needs(Declared):
    """A scope. Which collection is meant is in the body, or there is none: the route asks ``allow`` itself."""

    async def __call__(self, request: Request) -> Principal:
        return check(request.scope, *self.scopes)


class NeedsOfQuery(Declared):
    """A scope in the collection of the query."""

    async def __call__(self, request: Request, collection: _CollectionName = "default") -> Principal:
        return check(request.scope, *self.scopes, collection=collection)


class NeedsOfPath(Declared):
    """A scope in the collection of the path, ``{name}``."""

    async def __call__(self, request: Request, name: str) -> Principal:
        return check(request.scope, *self.scopes, collection=name)


class NeedsToView(Declared):
    """As ``NeedsOfQuery``; besides, whoever has the link may view what a site shows to everybody."""

    async def __call__(self, request: Request, collection: _CollectionName = "default") -> Principal:
        caller = principal_of(request.scope)
        may_read = not caller.scopes.isdisjoint(self.scopes) and caller.sees(collection)
        if not may_read and await run_in_threadpool(_is_shown, request, collection):
            caller = visitor("", collection)
            set_principal(request.scope, caller)  # its own labels are of other collections
            return caller
        return check(request.scope, *self.scopes, collection=collection)


class Public(Declared):
    """Open to everybody: ``why`` says what protects it, or that nothing has to."""

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why

    async def __call__(self) -> None:
        return None


def check(scope: MutableMapping[str, Any], *scopes: AccessScope, collection: str | None = None) -> Principal:
    """The caller, who may do one of these, in the collection where one is named.

    Raises SignInNeeded, KeyInvalid, TooManyRequests (of wrong tokens), Forbidden, NotFound.
    """
    principal = principal_of(scope)
    refusal: FootnotedError | None = scope.get(_REFUSAL)
    if isinstance(refusal, KeyInvalid):  # it is not quietly taken for nobody's call
        raise refusal
    if principal.scopes.isdisjoint(scopes):
        if principal.id != NOBODY.id:
            raise Forbidden("This is not allowed to you.", f"It takes the scope {' or '.join(scopes)}.")
        raise refusal or _sign_in(scopes)
    if collection is not None:
        allow(principal, collection)
    return principal


def allow(principal: Principal, collection: str) -> None:
    """A collection that the caller may not see is not there for them. Raises NotFound."""
    if not principal.sees(collection):
        raise no_collection(collection)


def no_collection(name: str) -> NotFound:
    """In the words of the catalog, which has the same for a name that nothing has."""
    return NotFound(f"There is no collection {name!r}.", "Ingest documents into it, or list the collections.")


def visitor(site_id: str, collection: str) -> Principal:
    """Of a site's page, or of a link that it gave: may ask its collection, without any label."""
    return Principal(f"site:{site_id}", frozenset({AccessScope.ASK}), frozenset({collection}))


def _is_shown(request: Request, collection: str) -> bool:
    return any(site.collection == collection for site in request.app.state.service.sites.all())


def set_refusal(scope: MutableMapping[str, Any], refusal: FootnotedError | None) -> None:
    scope[_REFUSAL] = refusal


def _sign_in(scopes: tuple[AccessScope, ...]) -> SignInNeeded:
    if scopes == (AccessScope.ADMIN,):
        return SignInNeeded(
            "This is for the operator.",
            "Sign in at /admin, or send a key of the scope admin or the token of the file admin.token as "
            "`Authorization: Bearer …`.",
        )
    return SignInNeeded(
        "This takes an API key.",
        "Send it as `Authorization: Bearer fn_…`; in a browser, sign in with it at the address /. "
        "`footnoted keys create` makes one.",
    )


ASKS = Needs(AccessScope.ASK)
INGESTS = Needs(AccessScope.INGEST)
READS = Needs(AccessScope.ASK, AccessScope.INGEST)
ADMINISTERS = Needs(AccessScope.ADMIN)
READS_IN_QUERY = NeedsOfQuery(AccessScope.ASK, AccessScope.INGEST)
READS_IN_PATH = NeedsOfPath(AccessScope.ASK, AccessScope.INGEST)
VIEWS = NeedsToView(AccessScope.ASK, AccessScope.INGEST)
INGESTS_IN_QUERY = NeedsOfQuery(AccessScope.INGEST)
INGESTS_IN_PATH = NeedsOfPath(AccessScope.INGEST)

Asks = Annotated[Principal, Depends(ASKS)]
Ingests = Annotated[Principal, Depends(INGESTS)]
Reads = Annotated[Principal, Depends(READS)]


def public(why: str) -> list[Any]:
    """For the ``dependencies`` of a route that needs no scope."""
    return [Depends(Public(why))]
