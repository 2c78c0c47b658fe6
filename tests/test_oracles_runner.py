"""The runner of vectors itself: what it counts as passed, failed and skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.oracles.__main__ import main
from tests.oracles.runner import run
from tests.oracles.vectors import read

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "case_id,dataset_id,function,options,key,statistic,expected,expected_text,rtol,atol,origin,split\n"
TAIL = "1e-6,1e-9,peer-run,dev\n"


def vectors(folder: Path, *lines: str) -> Path:
    folder.mkdir()
    (folder / "inputs.csv").write_text("dataset_id,row,area,x,n\nd,1,a,12,100\nd,2,b,,50\n", encoding="utf-8")
    (folder / "expected.csv").write_text(HEADER + "".join(f"{line},{TAIL}" for line in lines), encoding="utf-8")
    return folder


GOOD = "c0,d,phe_proportion,{},area=a,value,0.12,"
MISSING = "c0,d,phe_proportion,{},area=b,value,NA,"


def test_a_call_passes_when_all_its_values_do(tmp_path: Path) -> None:
    tally = run(vectors(tmp_path / "proportion_wilson", GOOD, MISSING))
    assert (tally.calls["passed"], tally.values["passed"]) == (1, 2)


def test_a_call_fails_with_one_of_its_values(tmp_path: Path) -> None:
    tally = run(vectors(tmp_path / "proportion_wilson", GOOD, "c0,d,phe_proportion,{},area=b,value,0,"))
    assert tally.calls == {"passed": 0, "failed": 1, "skipped": 0}
    assert tally.values == {"passed": 1, "failed": 1, "skipped": 0}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("c0,d,phe_proportoin,{},area=a,value,0.12,", "unknown function"),
        ('c0,d,phe_proportion,"{""tails"":1}",area=a,value,0.12,', "unknown option tails"),
        ("c0,d,phe_proportion,{},area=a,median,0.12,", "KeyError: 'median'"),
        ("c0,d,phe_proportion,{},area=c,value,0.12,", "0 rows fit the key"),
        ("c0,d,phe_proportion,{},area=a,method,,Wald", "expected 'Wald', found 'Wilson'"),
        ("c0,d,phe_proportion,{},,raises,,ERROR: too small", "the peer refuses (ERROR: too small), we do not"),
    ],
)
def test_what_is_not_known_is_a_failure(tmp_path: Path, line: str, fault: str) -> None:
    tally = run(vectors(tmp_path / "proportion_wilson", line))
    assert tally.calls["failed"] == 1
    assert fault in tally.failures[0]


def test_a_folder_without_an_adapter_is_a_failure(tmp_path: Path) -> None:
    assert run(vectors(tmp_path / "horoscope", GOOD)).failures == ["c0 phe_proportion: no adapter"]


def test_a_refusal_of_ours_answers_an_error_of_the_peer(tmp_path: Path) -> None:
    line = '{},"x=11,n=10",phe_proportion,"{{""why"":""x>n""}}",,raises,,ERROR: too many'
    assert run(vectors(tmp_path / "proportion_wilson", line.format("c0"))).calls["passed"] == 1


def test_no_more_than_a_tenth_of_the_calls_is_skipped_but_always_one(tmp_path: Path) -> None:
    line = 'c{},"x=0,n=0",phe_proportion,"{{""why"":""n=0""}}",,raises,,ERROR: empty'
    tally = run(vectors(tmp_path / "proportion_wilson", line.format(0), line.format(1)))
    assert tally.calls == {"passed": 0, "failed": 1, "skipped": 1}
    assert list(tally.skips.values()) == [1]


def test_a_changed_cell_of_a_data_set(tmp_path: Path) -> None:
    (call,) = read(vectors(tmp_path / "v", "c0,d with x[2]=7,f,{},,raises,,ERROR"))
    assert call.numbers("x").tolist() == [12, 7]


def test_the_command_prints_counts_and_returns_1_on_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vectors(tmp_path / "proportion_wilson", GOOD)
    assert main([str(tmp_path)]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("proportion_wilson: calls 1 passed")
    assert printed[-2:] == ["by value: 1 passed, 0 failed, 0 skipped", "by call: 1 passed, 0 failed, 0 skipped"]
    vectors(tmp_path / "horoscope", GOOD)
    assert main([str(tmp_path)]) == 1


def test_a_folder_without_vectors_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path)])
