"""What the documents say exists: commands, targets, files; and nothing they must not say."""

import re
import subprocess
from importlib.metadata import distributions, metadata

import pytest
from packaging.specifiers import SpecifierSet
from project_source import ROOT

HANDBOOKS = (
    "docs/bibliotekar.md",
    "docs/fylke.md",
    "docs/operator.md",
    "docs/settlement.md",
    "docs/clearing.md",
)
PYTHON_OF_DEBIAN_12 = "3.11.2"
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "GLOSSARY.md", "CONTRIBUTING.md", *HANDBOOKS)


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.split("\n")[:-1]


def test_the_documents_are_there() -> None:
    for name in (*DOCUMENTS, "LICENSE"):
        assert _text(name).strip(), name


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_make_target_in_a_document_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", _text("Makefile"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", _text(name))) | set(
        re.findall(r"^\s*make ([a-z-]+)", _text(name), re.MULTILINE)
    )
    assert named <= targets


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_linked_file_exists(name: str) -> None:
    links = re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", _text(name))
    assert [link for link in links if not ((ROOT / name).parent / link).exists()] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_byttebank_command_in_a_document_exists(name: str) -> None:
    from byttebank.cli.app import app

    known = {command.name or command.callback.__name__ for command in app.registered_commands}
    known |= {group.name for group in app.registered_groups}
    named = set(re.findall(r"`byttebank ([a-z]+)", _text(name)))
    assert named <= known


def test_the_map_of_folders_names_folders_that_exist() -> None:
    block = _text("README.md").partition("## Map")[2]
    folders = re.findall(r"^    ([a-z]+/)", block, re.MULTILINE)
    assert len(folders) > 5
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []


def test_every_dependency_has_its_reason_in_contributing() -> None:
    import tomllib

    project = tomllib.loads(_text("pyproject.toml"))["project"]
    names = project["dependencies"] + project["optional-dependencies"]["test"]
    text = _text("CONTRIBUTING.md").lower()
    assert [name for name in names if f"`{name.lower()}`" not in text] == []


def test_every_pinned_version_is_exact() -> None:
    lines = [line for line in _text("constraints.txt").splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!]+", line)] == []


def test_every_pinned_package_runs_on_the_python_of_debian_12() -> None:
    pinned = [line.partition("==")[0] for line in _text("constraints.txt").splitlines() if "==" in line]
    installed = {one.metadata["Name"].lower() for one in distributions()}
    needs = {name: metadata(name).get("Requires-Python") for name in pinned if name.lower() in installed}
    assert len(needs) > 40
    refused = [name for name, need in needs.items() if need and PYTHON_OF_DEBIAN_12 not in SpecifierSet(need)]
    assert refused == []


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    words = (
        r"(^|[^A-Za-z0-9_.])/(?:work|root|home)/[a-z]",
        r"(?:extra-)?index-url\s*[=:]",
        r'"resolved":\s*"http',
    )
    broken = []
    for name in _tracked():
        path = ROOT / name
        if not path.is_file() or "vendor/" in name or name == "tests/architecture/test_documents.py":
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        broken += [(name, word) for word in words if re.search(word, text, re.MULTILINE)]
    assert broken == []
