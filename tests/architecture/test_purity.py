"""Rules without I/O: no clock, no randomness, no environment; and nothing happens at import time."""

import ast
import subprocess
import sys
from pathlib import Path

from project_source import ROOT, modules, tree

MODULES = modules()
PURE = [name for name in MODULES if ".domain" in name] + [
    name for name in MODULES if name.startswith("byttebank.federation.") and not name.endswith(".keys")
]
FORBIDDEN_IMPORTS = {
    "time",
    "random",
    "secrets",
    "os",
    "socket",
    "subprocess",
    "threading",
    "uuid",
    "sqlite3",
}
FORBIDDEN_CALLS = {"now", "utcnow", "today", "new_id", "open", "read_text", "write_text", "getenv", "urandom"}


def test_there_are_pure_modules() -> None:
    assert len(PURE) > 5


def test_rules_take_time_ids_and_limits_as_arguments() -> None:
    assert PURE
    assert {name: broken for name in PURE if (broken := _impurities(tree(MODULES[name])))} == {}


def _impurities(module: ast.Module) -> list[str]:
    broken = []
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            broken += [alias.name for alias in node.names if alias.name.split(".")[0] in FORBIDDEN_IMPORTS]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in FORBIDDEN_IMPORTS:
            broken.append(str(node.module))
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in FORBIDDEN_CALLS:
                broken.append(f"{called}() at line {node.lineno}")
    return broken


def _module_level(tree: ast.Module) -> list[ast.AST]:
    """Nodes that run when the module is imported: everything outside function bodies."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        found.append(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += node.decorator_list
            waiting += [*node.args.defaults, *[one for one in node.args.kw_defaults if one is not None]]
        elif not isinstance(node, ast.Lambda):
            waiting += list(ast.iter_child_nodes(node))
    return found


def test_no_module_reads_the_environment_or_files_when_imported() -> None:
    looked_at = [name for name in MODULES if not name.endswith("__main__")]
    assert looked_at
    assert {name: broken for name in looked_at if (broken := _readings(tree(MODULES[name])))} == {}


def _readings(module: ast.Module) -> list[str]:
    suspects = {"environ", "getenv", "create_engine", "open", "read_text", "read_bytes", "connect", "urlopen"}
    broken = []
    for node in _module_level(module):
        word = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
        if word in suspects and not isinstance(node, ast.arg):
            broken.append(f"{word} at line {node.lineno}")
    return broken


WATCH = """
import sys
FORBIDDEN = "socket.connect socket.bind sqlite3.connect subprocess.Popen _thread.start_new_thread".split()
def watch(event, args):
    if event in FORBIDDEN:
        raise SystemExit(f"{event} {args} while importing")
    writes = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")
    if writes and "__pycache__" not in str(args[0]):
        raise SystemExit(f"writes {args[0]} while importing")
sys.dont_write_bytecode = True
import importlib
between = sys.argv.index("--")
for library in sys.argv[1:between]:
    importlib.import_module(library)
sys.addaudithook(watch)
for name in sys.argv[between + 1:]:
    importlib.import_module(name)
"""
"""Imports the libraries before `--` unwatched, then our modules after it."""
LIBRARIES = ("nameko.rpc", "sqlalchemy", "flask", "alembic", "typer", "joserfc")


def test_importing_everything_opens_no_connection_and_writes_no_file() -> None:
    names = [
        name
        for name in MODULES
        if not name.endswith("__main__") and ".migrations" not in name and not name.startswith("bench")
    ]
    done = subprocess.run(
        [sys.executable, "-c", WATCH, *LIBRARIES, "--", *names],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout


def test_the_watch_sees_a_module_that_misbehaves(tmp_path: Path) -> None:
    (tmp_path / "naughty.py").write_text("import sqlite3; sqlite3.connect('x.db')")
    done = subprocess.run(
        [sys.executable, "-c", WATCH, "--", "naughty"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "sqlite3.connect" in done.stderr
