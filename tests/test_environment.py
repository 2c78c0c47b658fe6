"""One set of packages, said in three places: pyproject.toml, environment.yml and requirements.lock agree."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent

CONDA_NAMES = {
    "duckdb": "python-duckdb",
    "great-tables": "great_tables",
    "jupyter-client": "jupyter_client",
    # On conda-forge the plain name also brings a window system or pandoc, which nothing here needs.
    "matplotlib": "matplotlib-base",
    "nbconvert": "nbconvert-core",
    "seaborn": "seaborn-base",
}
"""Where conda-forge calls a package otherwise than Python's index does."""

UNWANTED = {
    "numba": "compiles for a minute at every first use and holds numpy back",
    "llvmlite": "comes only with numba",
    "torch": "gigabytes, and nothing here learns",
}


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def requirements(*extras: str) -> dict[str, SpecifierSet]:
    optional = project()["optional-dependencies"]
    lines = project()["dependencies"] + [line for extra in extras for line in optional[extra]]
    return {canonicalize_name(r.name): r.specifier for r in map(Requirement, lines)}


def conda() -> dict:
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def conda_requirements() -> dict[str, SpecifierSet]:
    lines = [line for line in conda()["dependencies"] if isinstance(line, str)]
    split = (re.fullmatch(r"(\S+)(?: (\S+))?", line).groups(default="") for line in lines)
    return {name: SpecifierSet(bounds) for name, bounds in split}


def lock_text() -> str:
    return (ROOT / "requirements.lock").read_text(encoding="utf-8")


def locked() -> dict[str, Requirement]:
    lines = lock_text().replace("\\\n", " ").splitlines()
    pins = [Requirement(line.split(" --hash=")[0]) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(pin.name): pin for pin in pins}


def test_environment_yml_names_what_pyproject_names():
    expected = {CONDA_NAMES.get(name, name): bounds for name, bounds in requirements().items()}
    expected |= {"python": SpecifierSet(project()["requires-python"]), "pip": SpecifierSet()}
    assert conda_requirements() == expected


def test_environment_yml_takes_packages_from_conda_forge_and_only_the_project_itself_from_here():
    assert conda()["name"] == "sozialanalyse"
    assert conda()["channels"] == ["conda-forge", "nodefaults"]
    assert [entry for entry in conda()["dependencies"] if isinstance(entry, dict)] == [{"pip": ["-e ."]}]


def test_every_library_that_is_imported_is_asked_for():
    imports = [
        node for file in (ROOT / "sozialanalyse").rglob("*.py") for node in ast.walk(ast.parse(file.read_bytes()))
    ]
    names = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in imports if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    foreign = {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names) - {"sozialanalyse"}
    origin = metadata.packages_distributions()
    asked = requirements("cluster").keys()
    assert {name for name in foreign if not {canonicalize_name(d) for d in origin.get(name, [])} & asked} == set()


@pytest.mark.parametrize(("name", "bounds"), requirements("cluster", "dev").items())
def test_lock_pins_every_package_within_its_bounds(name, bounds):
    assert name in locked(), f"{name} is missing from requirements.lock: make lock"
    (pin,) = locked()[name].specifier
    assert pin.operator == "=="
    assert pin.version in bounds, f"{name} {pin.version} is outside {bounds}: make lock"


def test_lock_pins_one_version_for_all_pythons_and_every_one_is_hashed():
    entries = [line for line in lock_text().replace("\\\n", " ").splitlines() if not line.startswith("#")]
    assert len(entries) == len(locked())
    assert [entry.split(" ")[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_lock_names_no_index_and_no_file():
    options = re.findall(r"^\s*(--(?!hash=)\S+|-\w\b.*|.*://.*|.* @ .*)$", lock_text(), flags=re.MULTILINE)
    assert options == []


@pytest.mark.parametrize("name", UNWANTED)
def test_unwanted_packages_are_neither_locked_nor_asked_for_by_what_is_installed(name):
    assert name not in locked(), f"{name} {UNWANTED[name]}"
    without_extras = default_environment() | {"extra": ""}
    askers = [
        distribution.name
        for distribution in metadata.distributions()
        for asked in map(Requirement, distribution.requires or [])
        if canonicalize_name(asked.name) == name and (asked.marker is None or asked.marker.evaluate(without_extras))
    ]
    assert askers == [], f"{name} {UNWANTED[name]}"


def test_wheel_holds_every_file_of_the_package(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    package = ROOT / "sozialanalyse"
    expected = {file.relative_to(ROOT).as_posix() for file in package.rglob("*") if file.is_file()}
    expected = {name for name in expected if "__pycache__" not in name and "/." not in name}
    assert expected <= set(zipfile.ZipFile(wheel).namelist())


def test_typed_marker_is_there_for_those_who_import_the_library():
    assert (ROOT / "sozialanalyse" / "py.typed").is_file()
