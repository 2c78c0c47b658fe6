"""Published findings on paper: tagged PDF of the pages that were published, and of nothing else."""

from __future__ import annotations

import json

import pytest

from sozialanalyse.batch.edition import MANIFEST, Entry, Hashes, Manifest, hash_text
from sozialanalyse.batch.printing import LISTING, PROGRAMS, print_pages
from sozialanalyse.batch.rendering import render
from sozialanalyse.errors import UsageError
from tests.batch_samples import executed, markdown, write

pytestmark = pytest.mark.browser

HASHES = Hashes(data="d", catalogue="c", notebook="n", parameters="p", library="l")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = write(tmp_path_factory.mktemp("made") / "a.ipynb", executed(markdown("a", "## Werte\n\nText.")))
    return render(path, "de", "trend").html


def publish(output, pages):
    """Write an edition of pages by their ids."""
    for name, html in pages.items():
        write(output / "trend" / f"{name}.de.html", html)
    findings = tuple(
        Entry(
            id=name, language="de", address=f"trend/{name}.de.html", state="current", group="older",
            sha256=hash_text(html), hashes=HASHES,
        )
        for name, html in pages.items()
    )  # fmt: skip
    write(output / MANIFEST, Manifest(town="probestadt", audience="public", findings=findings).text())
    return output


@pytest.fixture
def chrome(require_tool):
    return require_tool(*PROGRAMS)


def there(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.pdf"))


def test_pages_are_printed_once_and_follow_the_edition(chrome, page, tmp_path):
    output, into = publish(tmp_path / "outputs", {"a": page, "b": page}), tmp_path / "pdf"
    assert print_pages(output, into) == (2, 2)
    assert there(into) == ["trend/a.de.pdf", "trend/b.de.pdf"]
    content = (into / "trend/a.de.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in content, "tagged: a screen reader knows what is a heading and what a table"
    assert b"/Lang (de)" in content
    assert b"/CreationDate (D:19800101000000+00'00')" in content, "the same page gives the same bytes"
    assert content == (into / "trend/b.de.pdf").read_bytes()

    assert print_pages(output, into) == (0, 2), "nothing has changed"

    publish(output, {"b": page + "<!-- other -->", "c": page})
    assert print_pages(output, into, ["c*"]) == (1, 2)
    assert there(into) == ["trend/b.de.pdf", "trend/c.de.pdf"], "what is no finding any more goes"
    assert json.loads((into / LISTING).read_text(encoding="utf-8")) == {
        "trend/b.de.html": hash_text(page),
        "trend/c.de.html": hash_text(page),
    }
    assert print_pages(output, into) == (1, 2), "and what has changed is printed anew"


def test_a_page_that_somebody_changed_is_not_printed(page, tmp_path):
    output = publish(tmp_path / "outputs", {"a": page})
    write(output / "trend" / "a.de.html", page.replace("Text.", "Anderes."))
    with pytest.raises(UsageError, match=r"trend/a.de.html is not as it was published"):
        print_pages(output, tmp_path / "pdf")


def test_what_cannot_be_meant_is_refused(page, tmp_path):
    with pytest.raises(UsageError, match="there is no edition in"):
        print_pages(tmp_path / "nowhere", tmp_path / "pdf")
    output = publish(tmp_path / "outputs", {"trend-older": page})
    with pytest.raises(UsageError, match="trend-older"):
        print_pages(output, tmp_path / "pdf", ["trend-oldr"])
    write(tmp_path / "desk" / "letter.txt", "Liebe Frau Muster")
    with pytest.raises(UsageError, match="holds other things"):
        print_pages(output, tmp_path / "desk")
    assert (tmp_path / "desk" / "letter.txt").is_file()
