"""Words of direction and rounded numbers are held against the published cells, by code of the audit's own."""

from __future__ import annotations

import pytest

from sozialanalyse.audit import audit_folder
from sozialanalyse.audit.expected import Expected
from sozialanalyse.audit.spoken import bears, sense
from tests.audit_site import DAY, EARLIER_DAY, PAGE, mark, write_site

SERIES = (EARLIER_DAY, DAY)
LEVEL = (DAY, "sozialraum", "100")


def faults(folder, text, language="de"):
    """What the audit says of a page that says this besides."""
    site = write_site(folder / "site")
    page = (site / PAGE).read_text(encoding="utf-8")
    added = page.replace("</body>", f'<p lang="{language}">{text}</p></body>', 1)
    (site / PAGE).write_text(added, encoding="utf-8")
    return [problem.describe(str.format) for problem in audit_folder(site).problems]


RIGHT = {
    "a rounded share": mark("of_base", "01", "10", DAY, "100"),
    "of a thousand": mark("of_base", "04", "96", DAY, "1000"),
    "the least of a level": mark("about_least", "0", "10", *LEVEL),
    "the greatest of a level": mark("about_greatest", "0", "10", *LEVEL),
    "above the town": f"liegt {mark('side', '01', 'darüber', DAY)}",
}
WRONG = {
    "a share rounded wrongly": mark("of_base", "01", "11", DAY, "100"),
    "of another base": mark("of_base", "01", "10", DAY, "1000"),
    "a decimal too much": mark("of_base", "04", "9,6", DAY, "100"),
    "a hidden cell": mark("of_base", "02", "5", DAY, "100"),
    "the wrong side": mark("side", "01", "darunter", DAY),
    "no word of direction": mark("side", "01", "daneben", DAY),
    "the side of a hidden cell": mark("side", "02", "darüber", DAY),
    "an English word on a German page": mark("side", "01", "above", DAY),
}


@pytest.mark.parametrize("what", RIGHT)
def test_what_the_cells_give_passes(tmp_path, what):
    assert faults(tmp_path, RIGHT[what]) == []


@pytest.mark.parametrize("what", WRONG)
def test_what_they_do_not_give_is_a_fault(tmp_path, what):
    assert len(faults(tmp_path, WRONG[what])) == 1


@pytest.mark.parametrize(("up", "down"), [("höher", "niedriger"), ("gestiegen", "gesunken")])
def test_the_direction_of_a_change_is_held(tmp_path, up, down):
    """Of the whole town: it must be one of both, and only one."""
    found = [faults(tmp_path / word, mark("direction", "0", word, *SERIES)) for word in (up, down)]
    assert sorted(map(len, found)) == [0, 1]


def test_a_course_needs_one_of_change_and_slope():
    both_down, mixed = (Expected(among=values) for values in ((-1, -2), (-1, 2)))
    assert (bears(both_down, 1), bears(both_down, -1), bears(mixed, 1), bears(mixed, -1)) == (False, True, True, True)
    assert bears(Expected(), 1), "an estimate for today's areas cannot be computed again"


def test_every_word_of_direction_that_pages_use_is_known():
    from sozialanalyse.findings.plain import _WORDS_LABELS
    from sozialanalyse.findings.summary import _COURSE_LABELS, CHANGE_LABELS
    from sozialanalyse.language import Language

    used = [
        *_WORDS_LABELS.values(),
        *_COURSE_LABELS.values(),
        *CHANGE_LABELS.values(),
        "above",
        "below",
        "risen",
        "fallen",
    ]
    assert [word for word in used for code in ("de", "en") if not sense(Language(code).text(word), code)] == []
