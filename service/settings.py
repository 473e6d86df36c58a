"""Settings: command line > environment (``FOOTNOTED_…``) > ``footnoted.toml`` > default."""

import json
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from core.errors import SettingsError
from index.place import Place
from service.access.access_settings import AccessSettings
from service.database_settings import DatabaseSettings, IndexSettings, without_password
from service.load.limit_settings import LimitSettings
from service.setting_groups import (
    AnswerSettings,
    ChatSettings,
    ConversationSettings,
    EncoderSettings,
    IngestSettings,
    JobsSettings,
    ModelSettings,
    QuestionsSettings,
    SearchSettings,
    ServerSettings,
    SitesSettings,
    WebSettings,
)
from service.setting_names import meant
from service.telemetry.telemetry_settings import AuditSettings, TelemetrySettings

ENV_PREFIX = "FOOTNOTED_"
CONFIG_VARIABLE = "FOOTNOTED_CONFIG"
API_KEY_VARIABLE = "FOOTNOTED_API_KEY"
"""The key that commands send to a server; no setting of a server's."""
DEFAULT_CONFIG = "footnoted.toml"


class Settings(BaseSettings):
    """All settings. Read by entry points only; everything below takes plain values."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, env_nested_delimiter="__", extra="forbid")

    data_dir: Path = Field(
        Path("data"), description="Folder of all state; a copy of it is a backup. With database.url, of copies only."
    )
    database: DatabaseSettings = DatabaseSettings()
    server: ServerSettings = ServerSettings()
    encoder: EncoderSettings = EncoderSettings()
    ingest: IngestSettings = IngestSettings()
    jobs: JobsSettings = JobsSettings()
    web: WebSettings = WebSettings()
    index: IndexSettings = IndexSettings()
    search: SearchSettings = SearchSettings()
    answer: AnswerSettings = AnswerSettings()
    model: ModelSettings = ModelSettings()
    chat: ChatSettings = ChatSettings()
    questions: QuestionsSettings = QuestionsSettings()
    conversation: ConversationSettings = ConversationSettings()
    sites: SitesSettings = SitesSettings()
    access: AccessSettings = AccessSettings()
    limits: LimitSettings = LimitSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    audit: AuditSettings = AuditSettings()

    @model_validator(mode="after")
    def _can_be_shared(self) -> Self:
        if self.index.url is not None and self.database.url is None:
            raise ValueError("index.url needs database.url: the catalog has to be where all replicas reach it")
        return self

    @property
    def place(self) -> Place:
        """Where all state is. Raises SettingsError where the password of the database cannot be read."""
        return Place(self.data_dir, self.database.address)

    def in_folder(self, folder: Path) -> "Settings":
        """The same with all state in a folder, whatever database and search engine are set."""
        index = self.index.model_copy(update={"url": None, "password_file": None})
        return self.model_copy(update={"data_dir": folder, "database": DatabaseSettings(), "index": index})

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = config_file()
        sources = [init_settings, env_settings]
        if file is not None:
            sources.append(TomlConfigSettingsSource(settings_cls, file))
        return tuple(sources)


@dataclass(frozen=True, slots=True)
class Origin:
    """One effective setting and where its value came from."""

    name: str
    value: Any
    origin: str
    description: str


def config_file() -> Path | None:
    """The settings file: named by ``FOOTNOTED_CONFIG``, or ``footnoted.toml`` here. Raises SettingsError."""
    named = os.environ.get(CONFIG_VARIABLE)
    if named and not Path(named).is_file():
        raise SettingsError(f"{CONFIG_VARIABLE} names {named}, which is not a file.", "Correct or unset it.")
    file = Path(named or DEFAULT_CONFIG)
    return file if file.is_file() else None


def load_settings(overrides: Mapping[str, Any] | None = None) -> Settings:
    """``overrides`` are the command line's, nested as the settings are. Raises SettingsError with all faults."""
    _check_environment()
    try:
        return Settings(**_without_none(overrides or {}))
    except ValidationError as error:
        places = [(".".join(map(str, e["loc"])), e) for e in error.errors()]
        origin_of = _origins(overrides or {})
        faults = "; ".join(_fault(place, e, origin_of) for place, e in places)
        unknown = [place for place, e in places if e["type"] == "extra_forbidden"]
        raise SettingsError(f"The settings do not hold: {faults}.", meant(unknown, _names())) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{config_file()} is not valid TOML: {error}.", "Correct the file.") from error


def explain(overrides: Mapping[str, Any] | None = None) -> list[Origin]:
    """Every setting with its value and origin. Raises SettingsError."""
    settings = load_settings(overrides)
    origin_of = _origins(overrides or {})
    found = []
    for name, value, description in _flat(settings):
        shown = without_password(value) if isinstance(value, str) else value
        found.append(Origin(name, shown, origin_of(name), description))
    return found


def _fault(place: str, error: ErrorDetails, origin_of: Callable[[str], str]) -> str:
    """Of a group as a whole, whose values may come from several places, no origin is told."""
    name = ".".join(part for part in error["loc"] if isinstance(part, str))  # of an item, the list's
    if not place or (name in Settings.model_fields and isinstance(error["input"], Mapping)):
        return f"{place}: {error['msg']}" if place else error["msg"]
    return f"{place}: {error['msg']} [{origin_of(name)}]"


def _origins(overrides: Mapping[str, Any]) -> Callable[[str], str]:
    """Where the value of a setting comes from, by its name."""
    given = InitSettingsSource(Settings, _without_none(overrides))()
    in_environment = EnvSettingsSource(Settings)()
    file = config_file()
    in_file = TomlConfigSettingsSource(Settings, file)() if file else {}

    def origin_of(name: str) -> str:
        if _has(given, name):
            return "command line"
        if _has(in_environment, name):
            own, group = _variable(name), _variable(name.partition(".")[0])
            return f"environment ({own if own in _environment() else group})"
        return f"file ({file})" if _has(in_file, name) else "default"

    return origin_of


def settings_from_json(text: str) -> Settings:
    """What ``model_dump_json`` wrote in another process, whatever file and environment say here."""
    given = json.loads(text)
    groups: dict[str, Any] = {"data_dir": Path(given.pop("data_dir"))}
    for name, value in given.items():
        group = Settings.model_fields[name].annotation
        assert isinstance(group, type) and issubclass(group, BaseModel)
        groups[name] = group.model_validate(value)
    return Settings.model_construct(**groups)


def defaults() -> list[Origin]:
    """Every setting with its built-in value, whatever is set: it works where ``explain`` finds a fault."""
    return [Origin(name, value, "default", about) for name, value, about in _flat(Settings.model_construct())]


def _flat(group: BaseModel, prefix: str = "") -> list[tuple[str, Any, str]]:
    found = []
    for name, field in type(group).model_fields.items():
        value = getattr(group, name)
        if isinstance(value, BaseModel):
            found += _flat(value, f"{prefix}{name}.")
        else:
            found.append((f"{prefix}{name}", value, field.description or ""))
    return found


def _names() -> list[str]:
    """Of every setting and every group."""
    return [*(origin.name for origin in defaults()), *Settings.model_fields]


def _has(tree: Mapping[str, Any], name: str) -> bool:
    node: Any = tree
    for part in name.split("."):
        if not isinstance(node, Mapping) or part not in node:
            return False
        node = node[part]
    return True


def _without_none(tree: Mapping[str, Any]) -> dict[str, Any]:
    """An option that was not given is None, and must not hide what a file or the environment says."""
    out: dict[str, Any] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            if inner := _without_none(value):
                out[key] = inner
        elif value is not None:
            out[key] = value
    return out


def _variable(name: str) -> str:
    """The variable of a setting or of a whole group."""
    return ENV_PREFIX + name.replace(".", "__").upper()


def _environment() -> dict[str, str]:
    return {key.upper(): value for key, value in os.environ.items() if key.upper().startswith(ENV_PREFIX)}


def _check_environment() -> None:
    """What would be ignored without a word, or fail without a name. Raises SettingsError."""
    plain = Settings.model_construct()
    values = {name: value for name, value, _ in _flat(plain)}
    groups = {name for name in Settings.model_fields if name not in values}
    given = _environment()
    known = {CONFIG_VARIABLE, API_KEY_VARIABLE, *(_variable(name) for name in (*values, *groups))}
    unknown = sorted(given.keys() - known)
    if unknown:
        raise SettingsError(
            f"Unknown settings in the environment: {', '.join(unknown)}.",
            meant(unknown, [_variable(name) for name in (*values, *groups)], "__"),
        )
    lists = [name for name, value in values.items() if isinstance(value, list)]
    for variable in [_variable(name) for name in (*groups, *lists, "access.anonymous")]:
        try:
            json.loads(given.get(variable, "[]"))
        except ValueError as error:
            raise SettingsError(
                f"{variable} is not JSON: {given[variable]!r}.",
                'Write a list as ["one", "two"], a group as {"name": "value"}.',
            ) from error
