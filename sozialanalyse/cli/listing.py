"""The command ``list``."""

from __future__ import annotations

import typer

from sozialanalyse.cli.application import app
from sozialanalyse.cli.options import JsonOption, LanguageName, LanguageOption, TownOption
from sozialanalyse.cli.speaking import errors_said, say_json
from sozialanalyse.cli.towns import notebooks, root, town_folder
from sozialanalyse.language import Language


@app.command("list")
def list_(town: TownOption = None, language: LanguageOption = LanguageName.de, as_json: JsonOption = False) -> None:
    """Name the notebooks, target groups, indicators, measures and towns."""
    with errors_said(language):
        from sozialanalyse import catalogue  # noqa: PLC0415 - heavy

        words = Language(language.value)
        known = catalogue.with_town(catalogue.shipped(), town_folder(town))
        listed = {
            words.text("notebooks"): {path.stem: "" for path in sorted(notebooks().glob("*.ipynb"))},
            words.text("target groups"): {group.id: words.of(group.label) for group in known.target_groups},
            words.text("indicators"): {entry.id: f"{entry.code} {words.of(entry.label)}" for entry in known.indicators},
            words.text("measures"): {entry.id: words.of(entry.label) for entry in known.measures},
            words.text("towns"): {path.parent.name: "" for path in sorted(root().glob("data/*/town.yml"))},
        }
    if as_json:
        say_json(**listed)
        return
    for title, entries in listed.items():
        typer.echo(f"{title}:")
        for name, label in entries.items():
            typer.echo(f"  {name:<40} {label}".rstrip())
