"""The benchmark of large batches judges growth of memory and time; both sides of each limit."""

import pytest

from benchmarks import many

FLAT = [many.Step(100 * n, 50.0 * n, 100.0, 500.0) for n in range(1, 11)]


def test_a_flat_and_linear_batch_passes(capsys):
    assert many.judged(FLAT, 150_000, 1000) == 0
    said = capsys.readouterr().out
    assert "the template has 500 MB at the end and 500 MB after a fifth (at most 1.1 times)" in said
    assert "0.50 s a finding in the last fifth, 0.50 s in the second one (at most 1.2 times)" in said


@pytest.mark.parametrize(
    ("last", "passes"),
    [
        (many.Step(1000, 500.0, 110.0, 500.0), True),
        (many.Step(1000, 500.0, 110.2, 500.0), False),
        (many.Step(1000, 500.0, 100.0, 551.0), False),
        (many.Step(1000, 519.0, 100.0, 500.0), True),  # 200 findings in 119 s
        (many.Step(1000, 521.0, 100.0, 500.0), False),
    ],
)
def test_each_limit_has_two_sides(last, passes):
    assert (many.judged([*FLAT[:-1], last], 150_000, 1000) == 0) is passes


def test_a_plan_of_a_thousand_findings_names_each_once(tmp_path):
    written = many.written_plan(tmp_path, 1000).read_text(encoding="utf-8")
    ids = [line.split("{id: ")[1].split(",")[0] for line in written.splitlines() if "{id: " in line]
    assert len(set(ids)) == 1000
    assert ids[:2] == ["trend-children-0-de", "comparison-children-0-de"]
