"""The rules of the house that a program can hold, each over every file, with the offenders named."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.house.source import FOLDERS, ROOT, TOOLS, Source, sources

EVERYTHING = (*FOLDERS, *TOOLS, "tests")
FILE_LINES = 500
FUNCTION_LINES = 60
LONGEST_NAP = 1.0
"""The longest fixed sleep of a test, in seconds; what takes longer is waited for, not slept through."""

THE_PROGRAM = ("bot/cli_adapter/", "bot/__main__.py")
"""What tests/acceptance runs as a whole, in processes and on a terminal; its parts are tested where that says more."""

DATACLASS = re.compile(r"(dataclasses\.)?dataclass\b|value$")
Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = ast.Module | ast.ClassDef | Function


def test_every_folder_is_read() -> None:
    assert {source.place.split("/")[0] for source in sources(*EVERYTHING)} == set(EVERYTHING)


def test_a_file_fits_an_afternoon() -> None:
    long = [f"{s.place}: {n} lines" for s in sources(*EVERYTHING) if (n := len(s.text.splitlines())) > FILE_LINES]
    assert not long, report(long)


def test_a_function_fits_a_screen() -> None:
    found = [
        f"{source.place}:{node.lineno} {node.name}: {lines} lines"
        for source in sources(*EVERYTHING)
        for node in functions(source)
        if (lines := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES
    ]
    assert not found, report(found)


@pytest.mark.parametrize("source", sources(*FOLDERS, *TOOLS), ids=lambda s: s.place)
def test_what_others_may_use_says_what_it_is(source: Source) -> None:
    found = list(undocumented(source))
    assert not found, report(found)


def undocumented(source: Source) -> Iterator[str]:
    """Name what is public and has no docstring, of its own or from the class that it follows."""
    if not ast.get_docstring(source.tree):
        yield source.place
    for names, node in public(source.tree):
        if not ast.get_docstring(node) and not inherits_docstring(source.module, names):
            yield f"{source.place}:{node.lineno} {'.'.join(names)}"


def public(node: Documented, names: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], ast.ClassDef | Function]]:
    """Every public class, function and method; not those inside functions."""
    for child in node.body:
        if isinstance(child, ast.ClassDef | Function) and not child.name.startswith("_") and not is_variant(child):
            yield (*names, child.name), child
            if isinstance(child, ast.ClassDef):
                yield from public(child, (*names, child.name))


def is_variant(node: ast.ClassDef | Function) -> bool:
    """Whether it is another form of something that is documented already: an overload, a property's setter."""
    return any(re.search(r"\boverload$|\.(setter|deleter)$", ast.unparse(d)) for d in node.decorator_list)


def inherits_docstring(module: str, names: tuple[str, ...]) -> bool:
    if len(names) < 2:
        return False
    owner: object = importlib.import_module(module)
    for name in names[:-1]:
        owner = getattr(owner, name)
    bases = owner.__mro__[1:] if isinstance(owner, type) else ()
    return any(inspect.getdoc(vars(base)[names[-1]]) for base in bases if names[-1] in vars(base))


def test_every_field_of_a_value_says_unit_and_direction() -> None:
    found = [line for source in sources("engine", "commands", "storage") for line in unexplained(source)]
    assert not found, report(found)


def unexplained(source: Source) -> Iterator[str]:
    """Name the fields of public dataclasses that neither a docstring under them nor their class's explains."""
    for node in values(source):
        prose = ast.get_docstring(node) or ""
        for field, after in zip(node.body, [*node.body[1:], ast.Pass()], strict=True):
            if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
                continue
            name = field.target.id
            if not name.startswith("_") and not is_string(after) and f"`{name}`" not in prose:
                yield f"{source.place}:{field.lineno} {node.name}.{name}"


def test_values_do_not_change_and_name_their_fields() -> None:
    found = []
    for source in sources("engine", "commands", "storage"):
        for node in values(source):
            given = ast.unparse(dataclass_of(node) or ast.Pass())
            given = "frozen=True, kw_only=True" if given == "value" else given
            fields = sum(isinstance(each, ast.AnnAssign) for each in node.body)
            if "frozen=True" not in given or (fields > 2 and "kw_only=True" not in given):
                found.append(f"{source.place}:{node.lineno} {node.name}")
    assert not found, report(found)


def values(source: Source) -> Iterator[ast.ClassDef]:
    """Every public dataclass of a file."""
    for node in source.nodes:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and dataclass_of(node):
            yield node


def dataclass_of(node: ast.ClassDef) -> ast.expr | None:
    return next((d for d in node.decorator_list if DATACLASS.match(ast.unparse(d))), None)


def is_string(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def test_every_exception_to_a_checker_gives_its_reason() -> None:
    found = [
        f"{source.place}:{line} {comment}"
        for source in sources(*EVERYTHING)
        for line, comment in source.comments
        if re.search(r"#\s*(type:\s*ignore|noqa|pragma)", comment)
        and not re.match(r"# (type: ignore\[[\w, -]+\]|noqa: [A-Z]+\d+(, [A-Z]+\d+)*)  # \S.*\w", comment)
    ]
    assert not found, report(found)


def test_no_comment_waits_for_somebody() -> None:
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|#\d+\b")
    found = [
        f"{source.place}:{line} {comment}"
        for source in sources(*EVERYTHING)
        for line, comment in source.comments
        if words.search(comment)
    ]
    assert not found, report(found)


def test_only_the_terminal_prints() -> None:
    found = [
        f"{source.place}:{node.lineno}"
        for source in sources(*FOLDERS)
        if not source.place.startswith(("bot/cli_adapter", "bot/settings_file.py"))
        for node in source.nodes
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "sys.stdout.write", "sys.stderr.write")
    ]
    assert not found, report(found)


def test_no_test_sleeps_for_long() -> None:
    found = [
        f"{source.place}:{node.lineno} {ast.unparse(node)}"
        for source in sources("tests")
        for node in source.nodes
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("time.sleep", "asyncio.sleep", "sleep")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, int | float)
        and node.args[0].value > LONGEST_NAP
    ]
    assert not found, report(found)


def test_every_test_can_fail() -> None:
    files = sources("tests")
    helpers = {node.name: node for source in files for node in functions(source) if not is_test(node)}
    found = [
        f"{source.place}:{node.lineno} {node.name}"
        for source in files
        if source.path.name.startswith("test_")
        for node in functions(source)
        if is_test(node) and not claims(node, helpers)
    ]
    assert not found, report(found)


def functions(source: Source) -> Iterator[Function]:
    return (node for node in source.nodes if isinstance(node, Function))


def is_test(node: Function) -> bool:
    return node.name.startswith("test_")


def claims(function: Function, helpers: Mapping[str, Function], seen: frozenset[str] = frozenset()) -> bool:
    """Whether a test asserts something, expects an error or a deadline kept, itself or through a helper."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert) and not isinstance(node.test, ast.Constant):
            return True
        if isinstance(node, ast.Raise) and node.exc and "AssertionError" in ast.unparse(node.exc):
            return True
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).split(".")[-1]
            if name in ("raises", "warns", "wait_for", "timeout", "run_state_machine_as_test"):
                return True
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        if name in helpers and name not in seen and claims(helpers[name], helpers, seen | {name}):
            return True
    return False


def test_tests_are_no_package() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_the_tests_mirror_the_tree() -> None:
    tests = [source for source in sources("tests") if source.path.name.startswith("test_")]
    found = [
        source.place
        for source in sources(*FOLDERS)
        if not source.place.startswith(THE_PROGRAM) and not is_shape(source) and not is_tested(source, tests)
    ]
    assert not found, report(found)
    assert any(test.place.startswith("tests/acceptance/") for test in tests)


def is_shape(source: Source) -> bool:
    """Whether a module only declares what things look like: no function of it does more than a thing or two."""
    return all(len([step for step in node.body if not is_string(step)]) <= 2 for node in functions(source))


def is_tested(source: Source, tests: list[Source]) -> bool:
    """Whether a test file of its name stands at its place in the mirror, or one beside that place imports it."""
    place = Path("tests") / source.place
    own = place.parent / f"test_{place.stem.strip('_')}"
    beside = [test for test in tests if test.path.parent == ROOT / place.parent]
    return any(
        test.place.startswith(own.as_posix()) or any(found.within(source.module) for found in test.imports)
        for test in beside
    )


def report(offenders: list[str]) -> str:
    return "\n  " + "\n  ".join(offenders)
