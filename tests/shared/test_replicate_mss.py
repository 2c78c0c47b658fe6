"""Berlin's published index, recomputed by a recipe file; and that the comparison sees what differs."""

from __future__ import annotations

import shutil

import pytest

from sozialanalyse import index
from sozialanalyse.catalogue import shipped
from tests import replicate_mss

pytestmark = pytest.mark.shared

RECIPE = shipped().recipe("berlin_mss")


@pytest.fixture(scope="module")
def folder(shared):
    return shared / "data" / "berlin"


def test_both_editions_agree(folder, capsys):
    assert replicate_mss.editions(folder) == ["berlin_mss_2013", "berlin_mss_2017"]
    assert replicate_mss.main([str(folder)]) == 0
    said = capsys.readouterr().out
    assert "berlin_mss_2013: 434 of 447 areas take part, indicators: s1, s2, s3, s4" in said
    assert "berlin_mss_2017: 436 of 447 areas take part, indicators: s1, s2, s3, s4" in said
    assert "s3 from counts, 138 areas: 94 exact, 124 within 0.05 points" in said
    assert "the mean of the rates: 15 exact, 28 within 0.05 points" in said
    assert said.count("all agree") == 26


@pytest.mark.parametrize("year", [2013, 2017])
def test_every_class_and_the_index(folder, year):
    given, published = (
        replicate_mss.read_table(folder / f"berlin_mss_{year}{ending}")
        for ending in (replicate_mss.INDICATORS, replicate_mss.PUBLISHED)
    )
    codes = {entry.code: entry.indicator for entry in RECIPE.ingredients}
    found = index.compose(given.rename(columns=codes), RECIPE).set_index("area")
    taking_part = found[found["state"] == index.INCLUDED]
    theirs = published.reindex(taking_part.index)
    assert (taking_part["class"] == theirs["status_class"].str.removesuffix(".0")).all()
    assert ((taking_part["index"] - theirs["status_index"]).abs() < 2e-5).all()


def edition(folder, target, *, without=(), change=()):
    """Copy an edition with some areas only, without some columns, and with changed texts."""
    for ending in (replicate_mss.INDICATORS, replicate_mss.PUBLISHED):
        head, *lines = (folder / f"berlin_mss_2017{ending}").read_text(encoding="utf-8").splitlines()
        names = head.split(",")
        kept = [number for number, name in enumerate(names) if name not in without]
        rows = [",".join(line.split(",")[number] for number in kept) for line in (head, *lines)]
        text = "\n".join(rows) + "\n"
        for before, after in change:
            text = text.replace(before, after)
        (target / f"other_2021{ending}").write_text(text, encoding="utf-8")
    return target


def test_an_edition_with_three_indicators_is_computed_from_those(folder, tmp_path, capsys):
    edition(folder, tmp_path, without=("s2", "d2", "z_s2"))
    assert replicate_mss.main([str(tmp_path)]) == 1  # the classes of four indicators are others
    said = capsys.readouterr().out
    assert "indicators: s1, s3, s4" in said
    assert "z_s1: 436 areas, all agree" in said
    assert "differ" in said


@pytest.mark.parametrize(
    ("before", "after"),
    [("-0.43309,0.74921,2,mittel", "-0.43309,0.74921,3,mittel"), ("-0.43309,0.74921,2", "-0.43312,0.74921,2")],
    ids=["a class", "an index"],
)
def test_a_changed_number_is_seen(folder, tmp_path, capsys, before, after):
    edition(folder, tmp_path, change=[(before, after)])
    assert replicate_mss.main([str(tmp_path)]) == 1
    assert "1 differ: 01011101" in capsys.readouterr().out


def test_another_recipe_file(folder, tmp_path, capsys, root):
    own = tmp_path / "ours.yml"
    shutil.copy(root / "sozialanalyse" / "catalogue" / "definitions" / "recipes" / "berlin_mss.yml", own)
    own.write_text(own.read_text(encoding="utf-8").replace("up_to: 1.5", "up_to: 1.7"), encoding="utf-8")
    assert replicate_mss.main([str(folder), "--recipe", str(own)]) == 1
    assert "status_class: 434 areas, 1" in capsys.readouterr().out  # some ten lie between both limits


def test_a_folder_without_an_edition(tmp_path):
    with pytest.raises(SystemExit):
        replicate_mss.main([str(tmp_path)])
