"""``footnoted sites list | show | add | edit | remove``: the pages that may show the chat."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from service.addresses import own_address, script_tag
from service.audit.commanded import acting
from service.commands.options import AsJson, DataDir, settings_with
from service.console import err, out, print_json, rendered_errors
from service.settings import Settings
from service.sites.origins import normal_origin
from service.sites.records import Position, Site, SiteLook
from service.sites.store import Sites

app = typer.Typer(
    no_args_is_help=True, help="The pages that may show the chat as a widget; a running server needs no restart."
)

SiteName = Annotated[str, typer.Argument(help="The site's id or name.", metavar="SITE")]
Origins = Annotated[
    list[str] | None,
    typer.Option("--origin", help="Pages that may show it, such as https://www.example.org; may be given often."),
]
Title = Annotated[str | None, typer.Option(help="At the top of the widget; the site's name when not given.")]
Greeting = Annotated[str | None, typer.Option(help="Said before the first question.")]
Suggestions = Annotated[list[str] | None, typer.Option("--suggest", help="A question to offer; may be given often.")]
Placeholder = Annotated[str | None, typer.Option(help="In the empty question field.")]
Language = Annotated[str | None, typer.Option(help="Such as de; the page's own when not given.")]
Accent = Annotated[str | None, typer.Option(help="Colour, such as #0b57d0.")]
Corner = Annotated[Position | None, typer.Option(help="Where the button is.")]
Feedback = Annotated[bool | None, typer.Option("--feedback/--no-feedback", help="Whether answers can be rated.")]
Server = Annotated[
    str | None, typer.Option(help="Where browsers reach this service, for the script tag: https://answers.example.org")
]


@app.command("list")
def list_sites(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the sites."""
    with rendered_errors(as_json), _opened(settings_with(data_dir)) as sites:
        found = sites.all()
    if as_json:
        print_json({"sites": [asdict(site) for site in found]})
        return
    table = Table("Name", "Id", "Collection", "Origins", title=f"{len(found)} sites")
    for site in found:
        table.add_row(escape(site.name), site.id, escape(site.collection), "\n".join(site.origins))
    out.print(table)


@app.command()
def show(site: SiteName, server: Server = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show a site, and the script tag for its pages."""
    with rendered_errors(as_json):
        settings = settings_with(data_dir)
        address = _address(server, settings)
        with _opened(settings) as sites:
            found = sites.find(site)
    _print_site(found, address, as_json)


@app.command()
def add(
    name: Annotated[str, typer.Option(help="For yourself, to tell it from others.")],
    origin: Origins = None,
    collection: Annotated[str, typer.Option("--collection", "-c", help="Which documents it asks.")] = "default",
    title: Title = None,
    greeting: Greeting = None,
    suggest: Suggestions = None,
    placeholder: Placeholder = None,
    language: Language = None,
    accent: Accent = None,
    position: Corner = None,
    feedback: Feedback = None,
    server: Server = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Add a site, and print the script tag for its pages."""
    with rendered_errors(as_json):
        settings = settings_with(data_dir)
        address = _address(server, settings)  # first: one that cannot be must not leave a site behind
        look = _look(SiteLook(), title, greeting, suggest, placeholder, language, accent, position, feedback)
        with acting(settings.place, "sites.create", name) as act, _opened(settings) as sites:
            site = sites.add(name, collection, origin or [], look)
            act.target = site.id
    _print_site(site, address, as_json)
    if not site.origins:
        err.print("[yellow]Note:[/] no page of another origin may show it yet: footnoted sites edit … --add-origin")


@app.command()
def edit(
    site: SiteName,
    name: Annotated[str | None, typer.Option(help="A new name.")] = None,
    origin: Origins = None,
    add_origin: Annotated[list[str] | None, typer.Option(help="One more origin.")] = None,
    remove_origin: Annotated[list[str] | None, typer.Option(help="An origin that may not show it any more.")] = None,
    collection: Annotated[str | None, typer.Option("--collection", "-c", help="Which documents it asks.")] = None,
    title: Title = None,
    greeting: Greeting = None,
    suggest: Suggestions = None,
    placeholder: Placeholder = None,
    language: Language = None,
    accent: Accent = None,
    position: Corner = None,
    feedback: Feedback = None,
    server: Server = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Change what is named; the rest stays. --origin and --suggest replace all former ones; "" empties a text."""
    with rendered_errors(as_json):
        settings = settings_with(data_dir)
        address = _address(server, settings)
        gone = {normal_origin(one) for one in remove_origin or []}
        with acting(settings.place, "sites.change", site), _opened(settings) as sites:
            found = sites.find(site)
            origins = [*(found.origins if origin is None else origin), *(add_origin or [])]
            changed = replace(
                found,
                name=found.name if name is None else name,
                collection=collection or found.collection,
                origins=tuple(one for one in origins if normal_origin(one) not in gone),
                look=_look(found.look, title, greeting, suggest, placeholder, language, accent, position, feedback),
            )
            kept = sites.change(changed)
    _print_site(kept, address, as_json)


@app.command()
def remove(site: SiteName, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Remove a site: its widgets stop answering at once."""
    with (
        rendered_errors(as_json),
        acting(settings_with(data_dir).place, "sites.delete", site),
        _opened(settings_with(data_dir)) as sites,
    ):
        found = sites.find(site)
        sites.remove(found.id)
    if as_json:
        print_json({"removed": found.id})
    else:
        out.print(f"{escape(found.name)} ({found.id}) removed")


@contextmanager
def _opened(settings: Settings) -> Iterator[Sites]:
    sites = Sites(settings.place)
    try:
        yield sites
    finally:
        sites.close()


def _look(
    look: SiteLook,
    title: str | None,
    greeting: str | None,
    suggest: list[str] | None,
    placeholder: str | None,
    language: str | None,
    accent: str | None,
    position: Position | None,
    feedback: bool | None,
) -> SiteLook:
    """The look with what was given; what was not given stays."""
    return SiteLook(
        title=look.title if title is None else title,
        greeting=look.greeting if greeting is None else greeting,
        suggestions=look.suggestions if suggest is None else tuple(suggest),
        placeholder=look.placeholder if placeholder is None else placeholder,
        language=look.language if language is None else language,
        accent=look.accent if accent is None else accent,
        position=position or look.position,
        takes_feedback=look.takes_feedback if feedback is None else feedback,
    )


def _address(server: str | None, settings: Settings) -> str:
    """Raises InvalidRequest where the server is not given as an origin."""
    chosen = server or settings.server.public_url
    return normal_origin(chosen) if chosen else own_address(settings.server.host, settings.server.port)


def _print_site(site: Site, address: str, as_json: bool) -> None:
    tag = script_tag(address, site.id)
    if as_json:
        print_json({**asdict(site), "script_tag": tag})
        return
    look = site.look
    out.print(f"[bold]{escape(site.name)}[/]  {site.id}")
    rows = {
        "collection": site.collection,
        "origins": ", ".join(site.origins) or "none but the server's own",
        "title": look.title or site.name,
        "greeting": look.greeting,
        "suggestions": " | ".join(look.suggestions),
        "placeholder": look.placeholder or "",
        "language": look.language or "the page's",
        "accent": look.accent or "the widget's",
        "position": look.position.value,
        "feedback": "yes" if look.takes_feedback else "no",
    }
    for label, value in rows.items():
        if value:
            out.print(f"  {label:<12} {escape(value)}")
    out.print("\nOn the pages, before </body>:")
    out.print(f"  {escape(tag)}")
