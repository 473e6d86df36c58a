"""deploy/kubernetes: what its files name is there, and nothing runs with more rights than it needs."""

import ipaddress
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from commands import check_command

from service.access.startup import check_not_open_by_accident
from service.network_address import LOOPBACK
from service.settings import Settings, defaults
from service.workers.master import AFTER_DRAIN_S

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"
VARIABLES = {f"FOOTNOTED_{origin.name.replace('.', '__').upper()}" for origin in defaults()}
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text(encoding="utf-8"))


def objects() -> list[dict[str, Any]]:
    return [
        one
        for name in KUSTOMIZATION["resources"]
        for one in yaml.safe_load_all((FOLDER / name).read_text(encoding="utf-8"))
    ]


def named(kind: str, name: str) -> dict[str, Any]:
    (found,) = [one for one in objects() if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return found


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    for one in objects():
        spec = one.get("spec", {})
        template = spec.get("template") or spec.get("jobTemplate", {}).get("spec", {}).get("template")
        if template is not None:
            yield one["metadata"]["name"], template


PODS = dict(pods())
REPLICA = PODS["footnoted"]["spec"]
(SERVING,) = REPLICA["containers"]


def test_every_file_is_applied_or_says_what_it_is_for():
    files = {path.name for path in FOLDER.glob("*.yaml")}
    assert files - {*KUSTOMIZATION["resources"]} == {"kustomization.yaml", "milvus-values.yaml", "milvus-network.yaml"}


def test_the_settings_hold_and_lead_to_the_services(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    told = named("ConfigMap", "footnoted-settings")["data"]
    assert {*told} <= VARIABLES
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    services = {
        one["metadata"]["name"]: one["spec"]["ports"][0]["port"] for one in objects() if one["kind"] == "Service"
    }
    for url in (settings.database.url, settings.limits.storage_url):
        host, port = re.search(r"(?:@|//)([\w-]+):(\d+)", url).groups()
        assert services[host] == int(port)
    mounts = {mount["mountPath"] for mount in SERVING["volumeMounts"]}
    for file in (settings.database.password_file, settings.index.password_file, settings.model.api_key_file):
        assert str(file.parent) in mounts
    assert settings.server.allowed_hosts == [named("Ingress", "footnoted")["spec"]["rules"][0]["host"]]


def test_what_kubernetes_tells_of_services_is_not_taken_for_settings():
    """FOOTNOTED_PORT=tcp://… would be an unknown setting, which ends the start."""
    assert any(one["kind"] == "Service" and one["metadata"]["name"] == "footnoted" for one in objects())
    assert REPLICA["enableServiceLinks"] is False


def test_a_replica_starts_before_there_is_a_key():
    """So that one can be made in it."""
    told = named("ConfigMap", "footnoted-settings")["data"]["FOOTNOTED_ACCESS__ANONYMOUS"]
    check_not_open_by_accident(Settings(server={"host": "0.0.0.0"}, access={"anonymous": json.loads(told)}))


def test_probes_ask_by_a_name_that_the_server_answers_to():
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        asked = SERVING[probe]["httpGet"]
        (header,) = asked["httpHeaders"]
        assert header["name"] == "Host" and header["value"] in LOOPBACK  # whatever server.allowed_hosts says
        assert asked["path"] in ("/healthz", "/readyz")
    # A pod that does not get ready is sent no questions; it is not killed for it.
    assert SERVING["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert SERVING["livenessProbe"]["httpGet"]["path"] == "/healthz"


def test_a_new_replica_is_ready_before_an_old_one_stops_and_that_one_ends_what_it_began():
    deployment = named("Deployment", "footnoted")["spec"]
    assert deployment["replicas"] >= 2
    assert deployment["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    wait = int(SERVING["lifecycle"]["preStop"]["exec"]["command"][-1])
    drain = Settings.model_construct().server.drain_s
    assert REPLICA["terminationGracePeriodSeconds"] > drain + AFTER_DRAIN_S + wait
    probe = SERVING["readinessProbe"]
    assert named("PodDisruptionBudget", "footnoted")["spec"]["minAvailable"] >= 1
    assert probe["timeoutSeconds"] <= probe["periodSeconds"]


@pytest.mark.parametrize("name", PODS)
def test_nothing_has_more_rights_than_it_needs(name):
    spec = PODS[name]["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] > 0
    for container in spec["containers"]:
        rights = container["securityContext"]
        assert rights["allowPrivilegeEscalation"] is False
        assert rights["readOnlyRootFilesystem"] is True
        assert rights["capabilities"]["drop"] == ["ALL"]
        assert "memory" in container["resources"]["limits"]


def test_replicas_run_as_the_user_of_the_image():
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert f"--uid {REPLICA['securityContext']['runAsUser']} " in dockerfile


@pytest.mark.parametrize("name", PODS)
def test_what_is_mounted_is_there(name):
    spec = PODS[name]["spec"]
    owner = next(one for one in objects() if one["metadata"]["name"] == name and "spec" in one)
    claimed = {one["metadata"]["name"] for one in owner["spec"].get("volumeClaimTemplates", [])}
    volumes = {one["name"] for one in spec.get("volumes", [])} | claimed
    for container in spec["containers"]:
        assert {mount["name"] for mount in container.get("volumeMounts", [])} <= volumes
    claims = {one["metadata"]["name"] for one in objects() if one["kind"] == "PersistentVolumeClaim"}
    for volume in spec.get("volumes", []):
        if "persistentVolumeClaim" in volume:
            assert volume["persistentVolumeClaim"]["claimName"] in claims


def test_services_policies_and_budgets_find_their_pods():
    labels = [pod["metadata"]["labels"] for pod in PODS.values()]
    for one in objects():
        wanted = {
            "Service": one.get("spec", {}).get("selector"),
            "NetworkPolicy": one.get("spec", {}).get("podSelector", {}).get("matchLabels"),
            "PodDisruptionBudget": one.get("spec", {}).get("selector", {}).get("matchLabels"),
        }.get(one["kind"])
        if wanted is not None:
            assert any(wanted.items() <= own.items() for own in labels), one["metadata"]["name"]


def test_only_who_needs_it_reaches_the_database():
    policies = {one["metadata"]["name"]: one["spec"] for one in objects() if one["kind"] == "NetworkPolicy"}
    (sources,) = policies["postgres"]["ingress"]
    (chosen,) = sources["from"]
    assert chosen["podSelector"]["matchExpressions"][0]["values"] == ["footnoted", "footnoted-backup"]
    assert {"postgres", "valkey"} <= {*policies}


def test_only_the_ingress_controller_is_believed_and_reaches_the_replicas():
    (sources,) = named("NetworkPolicy", "footnoted")["spec"]["ingress"]
    (chosen,) = sources["from"]
    assert {"namespaceSelector", "podSelector"} == {*chosen}  # both hold: an entry each would be either
    assert [port["port"] for port in sources["ports"]] == [SERVING["ports"][0]["containerPort"]]
    trusted = json.loads(named("ConfigMap", "footnoted-settings")["data"]["FOOTNOTED_SERVER__TRUSTED_PROXIES"])
    assert all(ipaddress.ip_network(one).prefixlen >= 24 for one in trusted)


def test_what_is_left_of_a_failed_dump_goes():
    (container,) = PODS["footnoted-backup"]["spec"]["containers"]
    script = container["command"][-1]
    assert script.index("rm -f /backups/*.part") < script.index("pg_dump")


MILVUS_TEXT = (FOLDER / "milvus-values.yaml").read_text(encoding="utf-8")
# As the chart labels its pods.
MILVUS_PODS = {
    "proxy": {"app.kubernetes.io/name": "milvus", "app.kubernetes.io/instance": "milvus", "component": "proxy"},
    "etcd": {"app.kubernetes.io/name": "etcd", "app.kubernetes.io/instance": "milvus"},
    "minio": {"app": "minio", "release": "milvus"},
    "bookie": {"app": "pulsarv3", "release": "milvus", "component": "bookie"},
}


def holds(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    wanted = selector.get("matchLabels", {})
    told = [(labels.get(one["key"]) in one["values"], one["operator"]) for one in selector.get("matchExpressions", [])]
    return wanted.items() <= labels.items() and all(found == (operator == "In") for found, operator in told)


def reached_from(labels: dict[str, str]) -> dict[str, list[int | None]]:
    """The pods of Milvus that a pod of the namespace reaches, with the ports; None for any."""
    policies = [one["spec"] for one in yaml.safe_load_all((FOLDER / "milvus-network.yaml").read_text(encoding="utf-8"))]
    reached: dict[str, list[int | None]] = {}
    for name, own in MILVUS_PODS.items():
        chosen = [policy for policy in policies if holds(policy["podSelector"], own)]
        assert chosen, f"nothing guards {name}"
        for rule in (rule for policy in chosen for rule in policy["ingress"]):
            if any(holds(one["podSelector"], labels) for one in rule["from"]):
                reached.setdefault(name, []).extend(port["port"] for port in rule.get("ports", [{"port": None}]))
    return reached


def test_only_replicas_reach_milvus_and_only_milvus_its_etcd_and_minio():
    assert reached_from(PODS["footnoted"]["metadata"]["labels"]) == {"proxy": [19530], "bookie": [None]}
    assert reached_from({"app.kubernetes.io/name": "another"}) == {"bookie": [None]}
    assert {*reached_from(MILVUS_PODS["proxy"])} == {*MILVUS_PODS}


def test_milvus_asks_for_a_password_and_minio_for_another_than_everybodys():
    values = yaml.safe_load(MILVUS_TEXT)
    assert yaml.safe_load(values["extraConfigFiles"]["user.yaml"])["common"]["security"]["authorizationEnabled"] is True
    assert "--set minio.secretKey=" in MILVUS_TEXT and "update_password" in MILVUS_TEXT
    mounted = next(one for one in REPLICA["volumes"] if one["name"] == "milvus-password")
    assert mounted["secret"] == {"secretName": "footnoted-milvus", "optional": True}
    assert f"secret generic {mounted['secret']['secretName']} " in MILVUS_TEXT


def test_the_commands_in_the_files_are_commands():
    lines = [line for path in FOLDER.glob("*.yaml") for line in path.read_text(encoding="utf-8").splitlines()]
    told = [line.partition(" -- ")[2] for line in lines if " -- footnoted " in line]
    assert len(told) >= 2
    for line in told:
        check_command(line)


def test_builds_of_graphs_fit_into_shared_memory():
    spec = PODS["postgres"]["spec"]
    (options,) = [one["args"] for one in spec["containers"]]
    work = next(option for option in options if option.startswith("maintenance_work_mem="))
    (shared,) = [one["emptyDir"] for one in spec["volumes"] if one["name"] == "shared-memory"]
    assert shared["medium"] == "Memory"
    assert int(re.search(r"\d+", work)[0]) < int(re.search(r"\d+", shared["sizeLimit"])[0])
