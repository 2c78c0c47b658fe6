"""What a notebook cell shows: safe markup, a text alternative, the same bytes for the same picture."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from sozialanalyse.findings.display import NOTHING, Shown, as_svg, figure, nothing, paragraphs
from tests.pictures import svgs_in

HOSTILE = "<script>alert('1')</script> & \"Nord\""


@pytest.fixture
def draw():
    from matplotlib import pyplot as plt

    def _draw():
        drawn, axes = plt.subplots(figsize=(2, 1))
        axes.plot([2007, 2009, 2011], [4.1, 4.3, 4.0], marker="o")
        axes.set_title("Süd & Nord")
        return drawn

    yield _draw
    assert plt.get_fignums() == [], "figures are closed"


def test_what_is_shown_has_markup_text_and_metadata():
    bundle = Shown(Markup("<b>4,3</b>"), "4,3", {"application/x": {"a": 1}})._repr_mimebundle_()
    assert bundle == {"text/html": "<b>4,3</b>", "text/plain": "4,3", "application/x": {"a": 1}}
    assert str(Shown(Markup("<b>a</b>"), "a")) == "a"


def test_nothing_says_so_to_the_renderer():
    bundle = nothing()._repr_mimebundle_(include=None, exclude=None)
    assert (bundle["text/html"], bundle["text/plain"], NOTHING in bundle) == ("", "", True)


def test_sentences_become_a_list():
    assert paragraphs(["Eins.", "Zwei."]).html == "<ul class='findings'><li>Eins.</li><li>Zwei.</li></ul>"
    assert paragraphs(["Eins.", "Zwei."]).text == "Eins.\nZwei."


def test_without_a_sentence_there_is_no_empty_list():
    assert paragraphs([]) == nothing()


def test_names_never_become_markup(draw):
    for html in (paragraphs([HOSTILE]).html, figure(draw(), HOSTILE, HOSTILE).html):
        assert "<script" not in html
        assert "&lt;script&gt;" in html
        assert "&amp;lt;" not in html  # escaped once, not twice


def test_a_text_alternative_cannot_leave_its_attribute(draw):
    html = figure(draw(), "it's ' onerror='x", "caption").html
    assert "onerror='x" not in html
    assert "alt='it&#39;s &#39; onerror=&#39;x'" in html


@pytest.mark.parametrize(("wide", "kind"), [(False, "chart"), (True, "chart wide")])
def test_a_figure_is_a_picture_with_alternative_and_caption(draw, wide, kind):
    shown = figure(draw(), "Der Wert steigt.", "Verlauf", wide=wide)
    assert shown.html.startswith(f"<figure class='{kind}'><img src='data:image/svg+xml,")
    assert shown.html.endswith("' alt='Der Wert steigt.'><figcaption>Verlauf</figcaption></figure>")
    assert shown.text == "Verlauf\nDer Wert steigt."
    (svg,) = svgs_in(shown.html)
    assert "<svg " in svg
    assert "<svg" not in shown.html  # as an address it holds no markup


@pytest.mark.parametrize("alt", ["", "  \n"])
def test_a_figure_without_a_text_alternative_is_refused(draw, alt):
    drawn = draw()
    with pytest.raises(ValueError, match="a figure needs a text alternative"):
        figure(drawn, alt, "caption")
    as_svg(drawn)


def test_the_same_figure_gives_the_same_bytes(draw):
    first, second = as_svg(draw()), as_svg(draw())
    assert first == second
    assert b"dc:date" not in first
    assert "Süd &amp; Nord".encode() in first  # text stays text, readable and searchable


def test_names_that_layers_share_without_importing_each_other():
    """Batch and command line may not load the analysis, so they spell out what findings and loading also say."""
    from sozialanalyse import loading
    from sozialanalyse.batch import sections
    from sozialanalyse.cli import options
    from sozialanalyse.findings import display

    assert (sections.FINDING, sections.NOTHING) == (display.METADATA, display.NOTHING)
    assert options.RAW_VARIABLE == loading.RAW_VARIABLE
