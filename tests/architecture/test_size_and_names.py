"""Short files, short functions, standard words. Exceptions are named, with the reason, and must be needed."""

import ast

from project_source import modules, tree

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 70

LONG_FILES: dict[str, str] = {}
"""Module -> why it is still one noun."""

LONG_FUNCTIONS: dict[str, str] = {}
"""module.function -> why it reads better whole."""

EMPTY_WORDS = (
    "manager",
    "helper",
    "helpers",
    "utils",
    "util",
    "data",
    "info",
    "common",
    "core",
    "platform",
    "misc",
)
MODULES = modules()


def _functions() -> dict[str, int]:
    """Every function with its length in lines, the docstring not counted."""
    found = {}
    for name, path in MODULES.items():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if ast.get_docstring(node):
                    words = node.body[0]
                    length -= (words.end_lineno or 0) - words.lineno + 1
                found[f"{name}.{node.name}"] = length
    return found


def test_files_hold_one_noun() -> None:
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in MODULES.items()}
    long = {name: lines for name, lines in lengths.items() if lines > MAX_FILE_LINES}
    assert set(long) == set(LONG_FILES), long


def test_functions_fit_on_a_screen() -> None:
    long = {name: lines for name, lines in _functions().items() if lines > MAX_FUNCTION_LINES}
    assert set(long) == set(LONG_FUNCTIONS), long


def test_no_module_or_class_has_an_empty_name() -> None:
    broken = [name for name in MODULES if name.rpartition(".")[2] in EMPTY_WORDS and name != "demo.data"]
    for name, path in MODULES.items():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef) and node.name.lower().endswith(EMPTY_WORDS):
                broken.append(f"{name}.{node.name}")
    assert broken == []


def test_every_public_function_of_the_machinery_says_what_it_does() -> None:
    silent = []
    for name, path in MODULES.items():
        if name.startswith(("bench", "demo")) or ".migrations" in name:
            continue
        for node in tree(path).body:
            is_public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if is_public and not ast.get_docstring(node):  # type: ignore[arg-type]
                silent.append(f"{name}.{node.name}")  # type: ignore[attr-defined]
    assert silent == []
