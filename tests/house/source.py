"""Reads the project's own source, for the tests that hold the house to its rules."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("bot", "commands", "engine", "storage")
"""The product."""
TOOLS = ("bench", "docs")
"""What measures and describes it; not installed."""


@dataclass(frozen=True, kw_only=True)
class Import:
    """One name that a file imports."""

    name: str
    """Dotted, with what is taken from the module: 'storage.queue.submit' for `from storage.queue import submit`."""
    line: int
    """Where it stands."""
    at_import: bool
    """Whether it happens as soon as the file is imported, and not first in a function or for type checkers."""

    def within(self, *packages: str) -> bool:
        """Tell whether it is one of these packages or modules, or something in them."""
        return any(self.name == p or self.name.startswith(f"{p}.") for p in packages)


@dataclass(frozen=True)
class Source:
    """One Python file."""

    path: Path
    """Where it lies."""
    root: Path = ROOT
    """The folder that its module name counts from."""

    @cached_property
    def text(self) -> str:
        """What stands in it."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """What it says."""
        return ast.parse(self.text, filename=str(self.path))

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All that it says, as `ast.walk` comes to it."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def comments(self) -> tuple[tuple[int, str], ...]:
        """Every comment with its line; what looks like one in a string is none."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return tuple((token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT)

    @property
    def place(self) -> str:
        """Its path from the root, with slashes."""
        return self.path.relative_to(self.root).as_posix()

    @property
    def module(self) -> str:
        """Its name as a module."""
        return self.place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def package(self) -> str:
        """The package that its relative imports count from."""
        return self.module if self.path.name == "__init__.py" else self.module.rpartition(".")[0]

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Every name that it imports, in functions and for type checkers too."""
        return tuple(self._imports(self.tree, at_import=True))

    def _imports(self, node: ast.AST, *, at_import: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            names = list(self._names(child))
            yield from (Import(name=n, line=child.lineno, at_import=at_import) for n in names)  # type: ignore[attr-defined]  # only nodes with a line have names
            late = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or _is_for_types(child)
            yield from self._imports(child, at_import=at_import and not late)

    def _names(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = self.package.split(".")
                base = ".".join([*parents[: len(parents) - node.level + 1], *filter(None, [base])])
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("import_module", "__import__"):
            yield from (a.value for a in node.args[:1] if isinstance(a, ast.Constant) and isinstance(a.value, str))


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def sources(*folders: str, root: Path = ROOT) -> list[Source]:
    """Every Python file in these folders, in order; each is read and understood once."""
    paths = (path for folder in folders for path in sorted((root / folder).rglob("*.py")))
    return [_source(path) if root == ROOT else Source(path, root) for path in paths]


@cache
def _source(path: Path) -> Source:
    source = Source(path)
    _READ.append(source)
    return source


_READ: list[Source] = []


def forget() -> None:
    """Let go of what was understood of files: all of them together take some hundred megabytes."""
    for source in _READ:
        for name in ("text", "tree", "nodes", "imports", "comments"):
            vars(source).pop(name, None)
