"""compose.scale.yaml: what it names is there, and two replicas share what they have to share."""

import re
from pathlib import Path

import pytest
import yaml
from commands import check_command, check_words

from service.settings import Settings, defaults
from service.workers.master import AFTER_DRAIN_S

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "compose.scale.yaml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
REPLICAS = sorted(name for name in SERVICES if name.startswith("replica-"))
VARIABLES = {f"FOOTNOTED_{origin.name.replace('.', '__').upper()}" for origin in defaults()}


def plain(value: str) -> str:
    """With the defaults of compose's own variables."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)


def test_two_replicas_are_the_same_but_for_their_folders():
    assert len(REPLICAS) == 2
    first, second = (SERVICES[name] for name in REPLICAS)
    assert {**first, "volumes": None} == {**second, "volumes": None}
    assert first["volumes"] != second["volumes"]


def test_the_environment_names_settings_that_there_are():
    named = {*SERVICES["replica-1"]["environment"]}
    assert named <= VARIABLES
    assert {"FOOTNOTED_DATABASE__URL", "FOOTNOTED_LIMITS__STORAGE_URL", "FOOTNOTED_SERVER__TRUSTED_PROXIES"} <= named


@pytest.mark.parametrize("milvus", ["", "http://milvus:19530"])
def test_the_settings_hold_and_lead_to_the_services(monkeypatch, tmp_path, milvus):
    monkeypatch.chdir(tmp_path)
    for name, value in SERVICES["replica-1"]["environment"].items():
        monkeypatch.setenv(name, milvus if name == "FOOTNOTED_INDEX__URL" else plain(value))
    settings = Settings()
    hosts = [
        re.search(r"(?:@|//)([\w-]+):\d+", url)[1]
        for url in (settings.database.url, settings.limits.storage_url, settings.index.url)
        if url
    ]
    assert {*hosts} <= {*SERVICES}
    assert settings.index.url == (milvus or None)
    assert settings.server.trusted_proxies == [COMPOSE["networks"]["inside"]["ipam"]["config"][0]["subnet"]]
    user = re.search(r"//(\w+)@", settings.database.url)[1]
    told = SERVICES["postgres"]["environment"]
    assert (told["POSTGRES_USER"], told["POSTGRES_DB"]) == (user, settings.database.url.rpartition("/")[2])
    for file in (settings.database.password_file, settings.model.api_key_file):
        assert file.name in SERVICES["replica-1"]["secrets"]
    assert Path(told["POSTGRES_PASSWORD_FILE"]).name in SERVICES["postgres"]["secrets"]


def test_the_proxy_asks_both_replicas_and_alone_is_published():
    (mounted,) = SERVICES["proxy"]["volumes"]
    source = mounted.partition(":")[0]
    nginx = (ROOT / source).read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\s*server ([\w-]+):8000", nginx, re.MULTILINE)) == REPLICAS
    published = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}
    assert [*published] == ["proxy"]
    assert all(port.startswith("127.0.0.1:") for port in published["proxy"])
    assert f"listen {published['proxy'][0].rpartition(':')[2]};" in nginx


def test_a_replica_may_write_its_volume_only_and_has_no_privileges():
    for name in REPLICAS:
        service = SERVICES[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        check_words(service["command"])
        grace = int(service["stop_grace_period"].removesuffix("s"))
        assert grace > Settings.model_construct().server.drain_s + AFTER_DRAIN_S


def test_volumes_secrets_and_files_are_there():
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).exists(), source
        assert {*service.get("secrets", [])} <= {*COMPOSE["secrets"]}
        assert {*service.get("depends_on", {})} <= {*SERVICES}


def test_whoever_is_waited_for_says_when_it_is_ready():
    from_image = {"replica-1", "replica-2"}  # the image has its own check
    for service in SERVICES.values():
        for name, told in service.get("depends_on", {}).items():
            if told["condition"] == "service_healthy" and name not in from_image:
                assert "healthcheck" in SERVICES[name], name


def test_without_its_profile_there_is_no_milvus():
    assert {name for name, one in SERVICES.items() if one.get("profiles") == ["milvus"]} == {"milvus", "etcd", "minio"}


def test_a_service_without_capabilities_need_not_become_another_user():
    """The image's entrypoint would, from root, and fail."""
    assert SERVICES["valkey"]["cap_drop"] == ["ALL"]
    assert SERVICES["valkey"]["user"] == "valkey"


def test_builds_of_graphs_fit_into_shared_memory():
    options = SERVICES["postgres"]["command"]
    work = next(option for option in options if option.startswith("maintenance_work_mem="))
    assert _gigabytes(work.partition("=")[2]) < _gigabytes(SERVICES["postgres"]["shm_size"])


def test_the_image_is_made_of_a_list_with_the_clients():
    lock = SERVICES["replica-1"]["build"]["args"]["LOCK"]
    listed = (ROOT / "deploy" / "lock" / f"{plain(lock)}.txt").read_text(encoding="utf-8")
    for package in ("psycopg", "psycopg-binary", "pymilvus", "redis"):
        assert re.search(rf"^{package}(\[\w+\])?==", listed, re.MULTILINE), package


def test_the_password_is_kept_out_of_the_repository_and_from_others():
    default = Path(plain(COMPOSE["secrets"]["postgres_password"]["file"]))
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert f"/{default.name}" in ignored
    (made,) = [line for line in TEXT.splitlines() if f"> {default.name}" in line]
    assert "umask 077" in made


def test_what_is_left_of_a_failed_dump_goes():
    (script,) = SERVICES["backup"]["command"]
    lines = script.splitlines()
    removing, dumping = (next(i for i, line in enumerate(lines) if word in line) for word in ("rm -f", "pg_dump"))
    assert removing < dumping
    assert "/backups/*.part" in lines[removing] and '.part"' in lines[dumping]


def test_the_commands_in_it_are_commands():
    told = re.findall(r"run --rm replica-1 ([a-z][^#\n]*)", TEXT)
    assert told
    for line in told:
        check_command(f"footnoted {line}")


def _gigabytes(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)\s*([gGmM])[bB]?", text).groups()
    return float(number) * (1 if unit.lower() == "g" else 1 / 1024)
