"""The project's source as a graph of imports, read without importing anything."""

import ast
from collections import deque
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("byttebank", "services", "gateway", "demo", "bench", "simulation")


def modules() -> dict[str, Path]:
    """Every module of the project by its dotted name."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = path
    return found


@cache
def tree(path: Path) -> ast.Module:
    """The module's syntax. Not to be changed: it is read once for all tests."""
    return ast.parse(path.read_text(encoding="utf-8"))


class ImportGraph:
    """Direct imports of each module, and paths through them."""

    def __init__(self, found: dict[str, Path]) -> None:
        self.modules = found
        self._chains: dict[str, dict[str, list[str]]] = {}

    @cached_property
    def _direct(self) -> dict[str, set[str]]:
        return {name: self._imports(name, path) for name, path in self.modules.items()}

    def direct(self, module: str) -> set[str]:
        """What the module imports itself, ours and others', as dotted names."""
        return self._direct[module]

    @cached_property
    def _reached(self) -> dict[str, list[str]]:
        """What runs when a module is imported, in alphabetical order: importing a.b runs a too."""
        reached = {}
        for module, direct in self._direct.items():
            names = set(direct)
            for target in [*direct, module]:
                parts = target.split(".")
                names.update(".".join(parts[:length]) for length in range(1, len(parts)))
            reached[module] = sorted(names - {module})
        return reached

    def path_to(self, module: str, library: str) -> list[str] | None:
        """The shortest chain of imports from the module to the library, or None."""
        if module not in self._chains:
            self._chains[module] = self._chains_from(module)
        return self._chains[module].get(library)

    def _chains_from(self, module: str) -> dict[str, list[str]]:
        chains: dict[str, list[str]] = {}
        queue = deque([[module]])
        seen = {module}
        while queue:
            path = queue.popleft()
            for target in self._reached[path[-1]]:
                chains.setdefault(target.split(".")[0], [*path, target])
                if target in self.modules and target not in seen:
                    seen.add(target)
                    queue.append([*path, target])
        return chains

    def _imports(self, name: str, path: Path) -> set[str]:
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        found: set[str] = set()
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = node.module or ""
                if node.level:
                    parents = package.split(".")
                    kept = parents[: len(parents) - node.level + 1]
                    base = ".".join([*kept, *([base] if base else [])])
                found.add(base)
                found.update(
                    f"{base}.{alias.name}" for alias in node.names if f"{base}.{alias.name}" in self.modules
                )
        return found
