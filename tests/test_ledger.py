"""The ledger of releases: what was published binds what may be published next."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os

import pytest

import sozialanalyse as sa
from sozialanalyse.disclosure.ledger import LEDGER_FILE, read_ledger, record
from sozialanalyse.disclosure.places import require_writable
from sozialanalyse.disclosure.terms import Term
from sozialanalyse.errors import DataError, UsageError
from tests.released import CHILDREN, RULES, rows, write_town

OWN = "sgb2_recipients"
TODAY = dt.date(2025, 3, 1)


def town(folder, children=CHILDREN, rules=RULES, more=""):
    return sa.open_town(write_town(folder, rows(children) + more, rules))


def published(folder, audience="public", **changes):
    """Release a town and enter it into its ledger."""
    made = sa.release(town(folder, **changes), audience)
    return record(made, folder / "releases", TODAY)


def state(release, area, age_to=14, year=2024):
    frame = release.states
    own = frame[(frame["measure"] == OWN) & (frame["age_to"] == age_to) & (frame["period_end"].dt.year == year)]
    return own.set_index("area")["state"][area]


def test_a_town_that_never_published_has_an_empty_ledger(tmp_path):
    ledger = read_ledger(tmp_path / "releases")
    assert (ledger.entries, ledger.head) == ((), "")
    assert sa.release(town(tmp_path)).number == 1


def test_a_release_is_entered_with_its_hashes_and_its_cells(tmp_path):
    entry = published(tmp_path)
    (line,) = (tmp_path / "releases" / LEDGER_FILE).read_text().splitlines()
    assert json.loads(line) == entry.model_dump(mode="json", by_alias=True)
    assert (entry.number, entry.audience, entry.published, entry.before) == (1, "public", TODAY, "")
    assert entry.file == "0001-public.csv.gz"
    with gzip.open(tmp_path / "releases" / entry.file, "rt") as file:
        header, *lines = file.read().splitlines()
    assert header.startswith("cell,area,measure,sex,age_from,age_to,period_kind")
    assert "c29,11,sgb2_recipients,all,0,14,stock,2024-12-31,2024-12-31,hidden,,," in {
        f"c29,{line.partition(',')[2]}" for line in lines
    }  # of a hidden cell it says that it is hidden, and no more


def test_the_same_release_again_needs_no_line(tmp_path):
    first = published(tmp_path)
    again = sa.release(town(tmp_path))
    assert (again.number, again.about.before) == (1, "")
    assert published(tmp_path) == first
    assert len(read_ledger(tmp_path / "releases").entries) == 1


def test_the_next_release_holds_the_hash_of_the_line_before(tmp_path):
    published(tmp_path)
    second = published(tmp_path, more=rows(date="2025-12-31"))
    ledger = read_ledger(tmp_path / "releases")
    assert [entry.number for entry in ledger.entries] == [1, 2]
    assert second.before != ""
    assert ledger.head not in {"", second.before}


def test_what_was_hidden_stays_hidden_though_the_rules_become_milder(tmp_path):
    published(tmp_path)
    mild = RULES.replace("public: 5", "public: 3")
    hidden = state(sa.release(town(tmp_path / "other", rules=mild)), "11")
    assert hidden == "published"  # a town without a past may show it
    assert state(sa.release(town(tmp_path, rules=mild)), "11") == "hidden"


def test_what_was_published_is_known_and_stays_published_though_the_rules_become_stricter(tmp_path):
    published(tmp_path)
    strict = RULES.replace("public: 5", "public: 20")
    made = sa.release(town(tmp_path, rules=strict))
    assert state(made, "23") == "published"  # 18 children
    assert [(entry.area, entry.reason) for entry in made.about.excluded] == [("23", "published_elsewhere")]
    assert state(sa.release(town(tmp_path / "other", rules=strict)), "23") == "hidden"


def test_a_revised_count_is_no_longer_known_and_is_reported(tmp_path):
    published(tmp_path)
    strict = RULES.replace("public: 5", "public: 20")
    made = sa.release(town(tmp_path, children={**CHILDREN, "23": 17}, rules=strict))
    assert state(made, "23") == "hidden"
    assert made.about.revised > 0


def test_what_everybody_knew_before_is_known_though_it_is_protected_now(tmp_path):
    public = RULES.replace("measures: [sgb2_recipients]", "measures: [unemployed]").replace(
        "[population]", "[population, sgb2_recipients]"
    )
    published(tmp_path, rules=public)
    assert state(sa.release(town(tmp_path)), "11") == "published"


def test_what_a_wider_audience_was_shown_is_known_to_a_narrower_one(tmp_path):
    published(tmp_path)
    strict = RULES.replace("administration: 3", "administration: 20").replace("public: 5", "public: 20")
    assert state(sa.release(town(tmp_path, rules=strict), "administration"), "23") == "published"


def test_what_a_narrower_audience_was_shown_is_not_known_to_the_public(tmp_path):
    assert published(tmp_path, "administration").audience == "administration"
    assert state(sa.release(town(tmp_path), "administration"), "11") == "published"
    assert state(sa.release(town(tmp_path)), "11") == "hidden"


def test_what_was_hidden_from_a_narrower_audience_is_not_shown_to_the_public(tmp_path):
    """Its members see public pages as well."""
    published(tmp_path, "administration", rules=RULES.replace("3, public: 5", "5, public: 5"))
    mild = RULES.replace("3, public: 5", "3, public: 3")
    assert state(sa.release(town(tmp_path, rules=mild)), "11") == "hidden"


def test_terms_of_earlier_releases_are_remembered(tmp_path):
    published(tmp_path)
    terms = read_ledger(tmp_path / "releases").terms("0")
    assert terms == {
        Term(OWN, "all", 0, 14): False,
        Term(OWN, "all", 0, 64): False,
        **{term: False for term in terms if term.measure == "population"},
    }


def change_first_line(folder):
    path = folder / LEDGER_FILE
    first, *rest = path.read_text().splitlines()
    path.write_text("\n".join([first.replace("2025-03-01", "2025-03-02"), *rest]) + "\n")


def remove_first_line(folder):
    path = folder / LEDGER_FILE
    path.write_text("\n".join(path.read_text().splitlines()[1:]) + "\n")


def change_table(folder):
    with gzip.open(folder / "0001-public.csv.gz", "rt") as file:
        text = file.read()
    with gzip.open(folder / "0001-public.csv.gz", "wt") as file:
        file.write(text.replace("hidden", "published", 1))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (change_first_line, "releases/ledger.jsonl, line 2: the ledger of releases is broken here"),
        (remove_first_line, "releases/ledger.jsonl, line 1: the ledger of releases is broken here"),
        (
            change_table,
            "releases/ledger.jsonl, line 1: the table 0001-public.csv.gz of this release is missing or was changed",
        ),
        (lambda folder: (folder / "0002-public.csv.gz").unlink(), "line 2: the table 0002-public.csv.gz"),
        (lambda folder: (folder / LEDGER_FILE).write_text("{}\n"), "line 1: the ledger of releases is damaged here"),
    ],
)
def test_a_broken_chain_says_where(tmp_path, damage, said):
    published(tmp_path)
    published(tmp_path, more=rows(date="2025-12-31"))
    damage(tmp_path / "releases")
    with pytest.raises(DataError) as caught:
        sa.release(town(tmp_path))
    assert said in str(caught.value)


def test_two_releases_made_at_once_are_not_both_entered(tmp_path):
    made = sa.release(town(tmp_path, more=rows(date="2025-12-31")))
    published(tmp_path)
    with pytest.raises(UsageError, match="another release was published in the meantime"):
        record(made, tmp_path / "releases", TODAY)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_folder_that_cannot_be_written_is_refused_with_what_to_do(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match="--ledger"):
        require_writable(tmp_path / "releases")


def test_a_ledger_where_a_file_stands_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "releases").write_text("no folder")
    with pytest.raises(UsageError, match=r"cannot be written to releases .* name another place with --ledger"):
        require_writable(tmp_path / "releases")
