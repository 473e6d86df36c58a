"""deploy/kubernetes: what its files name is there, and nothing runs with more rights than it needs."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

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
    assert files - {*KUSTOMIZATION["resources"]} == {"kustomization.yaml", "milvus-values.yaml"}


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
    for file in (settings.database.password_file, settings.model.api_key_file):
        assert str(file.parent) in mounts
    assert settings.server.allowed_hosts == [named("Ingress", "footnoted")["spec"]["rules"][0]["host"]]


def test_probes_ask_by_a_name_that_the_server_answers_to():
    hosts = named("ConfigMap", "footnoted-settings")["data"]["FOOTNOTED_SERVER__ALLOWED_HOSTS"]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        asked = SERVING[probe]["httpGet"]
        (header,) = asked["httpHeaders"]
        assert header["name"] == "Host" and header["value"] in hosts
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


def test_builds_of_graphs_fit_into_shared_memory():
    spec = PODS["postgres"]["spec"]
    (options,) = [one["args"] for one in spec["containers"]]
    work = next(option for option in options if option.startswith("maintenance_work_mem="))
    (shared,) = [one["emptyDir"] for one in spec["volumes"] if one["name"] == "shared-memory"]
    assert shared["medium"] == "Memory"
    assert int(re.search(r"\d+", work)[0]) < int(re.search(r"\d+", shared["sizeLimit"])[0])
