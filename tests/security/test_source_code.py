"""What our own code must not do, looked for in its syntax."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("core", "ingest", "index", "service", "evals", "footnoted_client")
FILES = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]
UNSAFE_MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "joblib", "jsonpickle"}
UNSAFE_CALLS = {"eval", "exec", "compile", "__import__"}
XML = {"xml.etree.ElementTree", "xml.dom.minidom", "xml.sax", "xml.dom.pulldom"}


def trees():
    return [(file, ast.parse(file.read_text(encoding="utf-8"))) for file in FILES]


TREES = trees()


def imported(node):
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    return {node.module} if isinstance(node, ast.ImportFrom) and node.module else set()


def calls(name):
    """Calls of a method or function of that name, with their files."""
    for file, tree in TREES:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called == name:
                    yield file, node


def keyword(node, name):
    return next((k.value for k in node.keywords if k.arg == name), None)


def test_there_is_code_to_look_at():
    assert len(FILES) > 200


def test_nothing_unpickles():
    found = [(file, module) for file, tree in TREES for node in ast.walk(tree) for module in imported(node)
             if module.split(".")[0] in UNSAFE_MODULES]  # fmt: skip
    assert found == []


def test_arrays_are_loaded_without_pickle():
    loads = [
        (file, node) for file, node in calls("load")
        if isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") in ("np", "numpy")
    ]  # fmt: skip
    assert loads
    for file, node in loads:
        value = keyword(node, "allow_pickle")
        assert isinstance(value, ast.Constant) and value.value is False, file


def test_no_text_is_run_as_code():
    found = [
        (file, node.lineno) for name in UNSAFE_CALLS for file, node in calls(name) if isinstance(node.func, ast.Name)
    ]
    assert found == []


@pytest.mark.parametrize("name", ["run", "Popen", "call", "check_call", "check_output"])
def test_no_command_goes_through_a_shell(name):
    for file, node in calls(name):
        value = keyword(node, "shell")
        assert value is None or (isinstance(value, ast.Constant) and value.value is False), (file, node.lineno)


def test_no_system_call_with_a_string():
    found = [(file, node.lineno) for name in ("system", "popen") for file, node in calls(name)
             if isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "os"]  # fmt: skip
    assert found == []


def test_xml_goes_through_lxml_without_entities():
    found = [(file, module) for file, tree in TREES for node in ast.walk(tree) for module in imported(node)
             if module in XML]  # fmt: skip
    assert found == []
    parsers = list(calls("XMLParser"))
    assert parsers
    for file, node in parsers:
        for name, wanted in (("resolve_entities", False), ("no_network", True)):
            value = keyword(node, name)
            assert isinstance(value, ast.Constant) and value.value is wanted, (file, node.lineno, name)


def test_certificates_are_always_checked():
    for name in ("Client", "AsyncClient", "get", "post", "request"):
        for file, node in calls(name):
            value = keyword(node, "verify")
            assert not (isinstance(value, ast.Constant) and value.value is False), (file, node.lineno)


def test_secrets_come_from_the_system_s_source_of_chance():
    chance = {"random.random", "random.choice", "random.randint", "random.getrandbits"}
    found = []
    for file, tree in TREES:
        if file.parts[-2] not in ("access", "sites") and file.name not in ("secret.py", "operator.py"):
            continue
        found += [file for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) in chance]
    assert found == []
