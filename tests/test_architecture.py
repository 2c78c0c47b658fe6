"""The library keeps the shape that was agreed: imports go one way, modules and functions stay small, nothing unsafe.

The tests read the source and run none of it. Each says in its failure what to change.
"""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "sozialanalyse"

LAYERS = (
    ("errors", "reading", "parents", "caveats"),
    ("language", "number_words"),
    ("statistics",),
    ("evidence",),
    ("documents",),
    ("periods",),
    ("areas",),
    ("amounts", "age_bands"),
    ("catalogue",),
    ("loading",),
    ("scope",),
    ("positions",),
    ("indicators", "standardised"),
    ("quality",),
    ("town",),
    ("disclosure",),
    ("narrowing",),
    ("trends", "comparison", "index", "outlook", "offers"),
    ("view",),
    ("findings",),
    ("charts",),
    ("downloads",),
    ("warming",),
    ("audit",),
    ("batch",),
    ("schedule",),
    ("gallery",),
    ("schemas", "cli"),
)
"""From the ground up. A module imports from layers below its own, never from beside or above; a package is one layer."""

EXCEPTIONS = {
    # Numeric functions on arrays: they know no town, no area, no language.
    "statistics": {"errors"},
    # Claims and what they rest on; what is said of them is made elsewhere.
    "evidence": {"errors", "statistics"},
    # It attacks what was published and must not believe what it attacks: nothing of disclosure control, no town.
    "audit": {"errors", "language", "number_words", "documents", "periods"},
    # It starts processes that analyse and never analyses itself, so that it holds no more than it publishes.
    # (Add a layer with care: town and findings import the analysis.)
    "batch": {
        "errors",
        "reading",
        "parents",
        "caveats",
        "language",
        "documents",
        "periods",
        "areas",
        "catalogue",
        "audit",
    },
    # It starts the batch and tells of it; of the data it knows nothing.
    "schedule": {"errors", "language", "documents", "batch"},
}
"""Layers that may import less than everything below them."""

FACADES = {"__init__", "__main__"}
"""The ways in: they may import every layer, and no layer imports them."""

TALKERS = (
    "sozialanalyse/cli",
    "sozialanalyse/__main__.py",
    "sozialanalyse/parents.py",
    "sozialanalyse/batch/child.py",
    "sozialanalyse/batch/engine/template.py",
)
"""Only they print and exit: the command line and the front of a child process. All else returns, raises or reports."""

MODULE_LINES = 400
FUNCTION_LINES = 40

UNSAFE_IMPORTS = {"pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "segregation", "giddy", "numba"}
UNSAFE_CALLS = {"eval", "exec", "compile", "__import__", "read_pickle", "to_pickle", "unsafe_load", "full_load"}

PRIVATE = {
    # Erika Mustermann's home may stand in an example.
    "a path of somebody's machine": re.compile(
        r"(?<![\w.])(?:/work/|/tmp/|/root/|/home/(?!erika)\w|/Users/(?!erika)\w)"
    ),
    "the host of a package index": re.compile(
        r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|deb\.debian\.org|anaconda\.(?:org|com)|yarnpkg\.com"
    ),
    "an option that names a package index": re.compile(r"\s--(?:extra-)?index-url|--find-links|--registry"),
}
"""What no file of the project but this one says: it must work, and give the same bytes, on every machine."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def layer_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def nodes(*kinds: type) -> list[tuple[Path, ast.AST]]:
    return [(file, node) for file in modules() for node in ast.walk(tree_of(file)) if isinstance(node, kinds)]


def faults(found: list[tuple[Path, ast.AST, str]]) -> list[str]:
    return [f"{name_of(file)}:{node.lineno}: {message}" for file, node, message in found]


def dotted_imports(file: Path, node: ast.Import | ast.ImportFrom) -> list[str]:
    """Name in full what a statement imports: of ``from . import x`` as well as of ``import a.b``."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = node.module or ""
    if node.level:
        package = file.relative_to(ROOT).parent.parts
        base = ".".join((*package[: len(package) - node.level + 1], *filter(None, [node.module])))
    return [f"{base}.{alias.name}" for alias in node.names]


def imported_layers() -> list[tuple[Path, ast.AST, str]]:
    """List every import of ours from ours, also inside functions and for annotations only."""
    found = []
    for file, node in nodes(ast.Import, ast.ImportFrom):
        for name in dotted_imports(file, node):
            first, _, rest = name.partition(".")
            if first == PACKAGE.name:
                found.append((file, node, rest.partition(".")[0]))
    return found


def allowed_for(layer: str) -> set[str]:
    if layer in FACADES:
        return {name for names in LAYERS for name in names}
    position = next((i for i, names in enumerate(LAYERS) if layer in names), len(LAYERS))
    below = {name for names in LAYERS[:position] for name in names}
    return {layer} | EXCEPTIONS.get(layer, below)


def called(node: ast.Call) -> str:
    """Name what is called, with one level of its owner: ``print``, ``sys.exit``."""
    function = node.func
    if isinstance(function, ast.Attribute):
        owner = function.value.id if isinstance(function.value, ast.Name) else "?"
        return f"{owner}.{function.attr}"
    return function.id if isinstance(function, ast.Name) else "?"


def is_public(name: str) -> bool:
    return not name.startswith("_")


def public_functions() -> list[tuple[Path, Function]]:
    """List functions of modules and methods of classes that others may call."""
    found = []
    for file in modules():
        owners = [tree_of(file), *(n for n in tree_of(file).body if isinstance(n, ast.ClassDef) and is_public(n.name))]
        found += [(file, n) for owner in owners for n in owner.body if isinstance(n, Function) and is_public(n.name)]
    return [(file, n) for file, n in found if "overload" not in {ast.unparse(d) for d in n.decorator_list}]


def length_of(function: Function) -> int:
    """Count the lines of a function without decorators and docstring."""
    first = function.body[0]
    docstring = first.end_lineno - first.lineno + 1 if ast.get_docstring(function, clean=False) else 0
    return function.end_lineno - function.lineno + 1 - docstring


def unannotated(function: Function) -> list[str]:
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    missing = [a.arg for a in named if a and a.annotation is None and a.arg not in ("self", "cls")]
    return missing + (["return"] if function.returns is None else [])


def test_every_module_has_its_layer():
    known = FACADES | {name for names in LAYERS for name in names}
    strangers = sorted({layer_of(file) for file in modules()} - known)
    assert strangers == [], f"give each a place in LAYERS of {Path(__file__).name}"


def test_imports_go_one_way():
    wrong = [
        (file, node, f"{layer_of(file)} may not import {layer or 'the package itself'}; it may: {allowed}")
        for file, node, layer in imported_layers()
        if layer not in (allowed := sorted(allowed_for(layer_of(file))))
    ]
    assert faults(wrong) == []


def test_modules_of_a_package_do_not_import_each_other_in_a_circle():
    """Layers rule out circles between them; this one looks inside."""
    graph: dict[str, set[str]] = {}
    dotted = {".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in modules()}
    for file, node in nodes(ast.Import, ast.ImportFrom):
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        targets = {name if name in dotted else name.rpartition(".")[0] for name in dotted_imports(file, node)}
        # A package's front re-exports its modules, so only the way between the modules themselves counts.
        if file.name != "__init__.py":
            graph.setdefault(module, set()).update(targets & dotted - {module})
    assert circle_in(graph) == []


def circle_in(graph: dict[str, set[str]]) -> list[str]:
    """Give one circle of a graph as the list of its stations, or nothing."""
    done: set[str] = set()

    def visit(module: str, way: list[str]) -> list[str]:
        if module in way:
            return [*way[way.index(module) :], module]
        if module in done:
            return []
        circle = next(filter(None, (visit(target, [*way, module]) for target in sorted(graph.get(module, ())))), [])
        done.add(module)
        return circle

    return next(filter(None, (visit(module, []) for module in sorted(graph))), [])


def test_circles_are_found():
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle_in({"a": {"b", "c"}, "b": {"c"}}) == []


def test_only_the_command_line_prints_and_exits():
    talking = {"print", "pprint", "input", "exit", "quit", "sys.exit", "os._exit", "typer.echo", "rich.print"}
    talking |= {"stdout.write", "stderr.write"}
    calls = [(file, node, called(node)) for file, node in nodes(ast.Call) if called(node) in talking]
    calls += [
        (file, node, "SystemExit")
        for file, node in nodes(ast.Raise)
        if node.exc and "SystemExit" in ast.unparse(node.exc)
    ]
    calls += [(file, node, "typer") for file, node in nodes(ast.Import, ast.ImportFrom) if "typer" in ast.unparse(node)]
    assert faults([call for call in calls if not name_of(call[0]).startswith(TALKERS)]) == []


def test_nothing_unsafe_is_imported_or_called():
    imports = [
        (file, node, f"import of {name}")
        for file, node in nodes(ast.Import, ast.ImportFrom)
        for name in dotted_imports(file, node)
        if name.partition(".")[0] in UNSAFE_IMPORTS
    ]
    calls = [
        (file, node, f"call of {called(node)}")
        for file, node in nodes(ast.Call)
        # Only the built-in: re.compile and frame.eval are other things.
        if called(node) in UNSAFE_CALLS or called(node).rpartition(".")[2] in UNSAFE_CALLS - {"eval", "exec", "compile"}
    ]
    assert faults(imports + calls) == []


def test_yaml_is_loaded_only_by_a_safe_loader():
    loads = [(file, node) for file, node in nodes(ast.Call) if called(node) in ("yaml.load", "yaml.load_all")]
    unsafe = [
        (file, node, "name a loader whose name ends in SafeLoader, or use yaml.safe_load")
        for file, node in loads
        if not re.search(r"SafeLoader$", ast.unparse((node.args[1:] or [k.value for k in node.keywords])[0]))
    ]
    assert faults(unsafe) == []


@pytest.mark.parametrize("file", modules(), ids=name_of)
def test_modules_are_short(file):
    lines = len(file.read_text(encoding="utf-8").splitlines())
    assert lines <= MODULE_LINES, f"{name_of(file)} has {lines} lines: it does two things, so make it two modules"


def test_functions_are_short():
    functions = [(file, node, length_of(node)) for file, node in nodes(ast.FunctionDef, ast.AsyncFunctionDef)]
    long = [
        (file, node, f"{node.name} has {length} lines") for file, node, length in functions if length > FUNCTION_LINES
    ]
    assert faults(long) == []


def test_public_functions_say_what_they_do():
    silent = [
        (file, node, f"{node.name} has no docstring")
        for file, node in public_functions()
        if not ast.get_docstring(node)
    ]
    assert faults(silent) == []


def test_public_functions_are_annotated():
    gaps = [(file, node, f"{node.name}: {', '.join(unannotated(node))}") for file, node in public_functions()]
    assert faults([gap for gap in gaps if unannotated(gap[1])]) == []


def test_no_file_names_a_machine_or_an_index(require_tool):
    command = [require_tool("git"), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode:
        pytest.skip("this copy of the project is no git repository, so which files belong to it is not known")
    files = {ROOT / name for name in listing.stdout.split("\0") if name} - {Path(__file__).resolve()}
    texts = {file: file.read_bytes().decode(errors="ignore") for file in sorted(files) if file.is_file()}
    found = [
        f"{name_of(file)}:{text.count(chr(10), 0, match.start()) + 1}: {match.group()!r} is {what}"
        for file, text in texts.items()
        for what, pattern in PRIVATE.items()
        for match in pattern.finditer(text)
    ]
    assert found == []
