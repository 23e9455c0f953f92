"""Who may import whom (ARCHITECTURE.md). A broken rule is shown with the path of imports that breaks it."""

import pytest
from project_source import ImportGraph, modules

GRAPH = ImportGraph(modules())
PROCESSES = ("services.directory", "services.ledger", "services.matching", "services.notify", "gateway")
SHELL_LIBRARIES = ("nameko", "kombu", "eventlet", "amqp")
DATABASE_LIBRARIES = ("sqlalchemy", "alembic", "psycopg2", "sqlite3")
WEB_LIBRARIES = ("flask", "werkzeug", "jinja2", "wtforms", "flask_wtf", "flask_smorest")
OUR_PACKAGES = ("byttebank", "services", "gateway", "demo", "bench", "simulation")


def inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def in_domain(module: str) -> bool:
    return ".domain" in module and module.startswith("services.")


def in_operations(module: str) -> bool:
    return ".operations" in module and module.startswith("services.")


def test_there_is_something_to_check() -> None:
    names = set(GRAPH.modules)
    for process in PROCESSES:
        assert process in names
        assert any(inside(name, process) and name != process for name in names)
    assert any(in_domain(name) for name in names)


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_never_imports_another_process(process: str) -> None:
    others = [other for other in PROCESSES if other != process]
    broken = [
        (module, target)
        for module in GRAPH.modules
        if inside(module, process)
        for target in GRAPH.direct(module)
        if any(inside(target, other) for other in others) or inside(target, "demo")
    ]
    assert broken == []


def test_byttebank_imports_no_process() -> None:
    broken = [
        (module, target)
        for module in GRAPH.modules
        if inside(module, "byttebank")
        for target in GRAPH.direct(module)
        if target.split(".")[0] in ("services", "gateway", "demo", "bench", "simulation")
    ]
    assert broken == []


def test_contracts_import_words_only() -> None:
    allowed = ("byttebank.contracts", "byttebank.days", "byttebank.identifiers", "byttebank.clock")
    broken = [
        (module, target)
        for module in GRAPH.modules
        if inside(module, "byttebank.contracts")
        for target in GRAPH.direct(module)
        if (target.split(".")[0] in OUR_PACKAGES and not any(inside(target, one) for one in allowed))
        or (target.split(".")[0] in (*SHELL_LIBRARIES, *DATABASE_LIBRARIES, *WEB_LIBRARIES))
    ]
    assert broken == []


@pytest.mark.parametrize("library", [*SHELL_LIBRARIES, *DATABASE_LIBRARIES, *WEB_LIBRARIES])
def test_domain_reaches_no_shell_database_or_web_library_even_indirectly(library: str) -> None:
    broken = [
        path
        for module in GRAPH.modules
        if in_domain(module)
        if (path := GRAPH.path_to(module, library)) is not None
    ]
    assert broken == []


@pytest.mark.parametrize("library", SHELL_LIBRARIES)
def test_operations_outlive_the_broker_library(library: str) -> None:
    broken = [
        path
        for module in GRAPH.modules
        if in_operations(module)
        if (path := GRAPH.path_to(module, library)) is not None
    ]
    assert broken == []


def test_only_storage_imports_sqlalchemy() -> None:
    def may(module: str) -> bool:
        return (
            inside(module, "byttebank.storage")
            or ".storage" in module
            or ".migrations" in module
            or inside(module, "byttebank.messaging")
            or inside(module, "bench")
        )

    broken = [
        (module, target)
        for module in GRAPH.modules
        if not may(module)
        for target in GRAPH.direct(module)
        if target.split(".")[0] in DATABASE_LIBRARIES
    ]
    assert broken == []


def test_only_the_shell_imports_nameko_kombu_or_eventlet() -> None:
    def may(module: str) -> bool:
        return (
            module.endswith(".service")
            or inside(module, "byttebank.messaging")
            or inside(module, "byttebank.cli")
            or module == "byttebank.__main__"
            or inside(module, "bench")
        )

    broken = [
        (module, target)
        for module in GRAPH.modules
        if not may(module)
        for target in GRAPH.direct(module)
        if target.split(".")[0] in SHELL_LIBRARIES
    ]
    assert broken == []


def test_operations_are_not_called_by_the_rules_they_use() -> None:
    """service -> operations -> domain: nothing points back up."""
    broken = [
        (module, target)
        for module in GRAPH.modules
        if module.startswith("services.")
        for target in GRAPH.direct(module)
        if (
            in_domain(module)
            and (in_operations(target) or ".storage" in target or target.endswith(".service"))
        )
        or (in_operations(module) and target.endswith(".service"))
        or (".storage" in module and (in_operations(target) or target.endswith(".service")))
    ]
    assert broken == []
