"""How far a run is: lines with the time that is left in a log, a bar on a terminal, events with a schema for programs."""

from __future__ import annotations

import io
import json
import time

import jsonschema
import pytest
from rich.console import Console

from sozialanalyse.batch.outcome import Event, Outcome
from sozialanalyse.cli import speaking
from sozialanalyse.language import Language
from sozialanalyse.schemas import FOLDER

ENGLISH = Language("en")


def event(done: int, total: int, reason: str | None = None) -> Event:
    return Event(id=f"f{done}", address=f"trend/f{done}.de.html", done=done, total=total, seconds=1.25, reason=reason)


@pytest.fixture
def clock(monkeypatch):
    """Let time stand still but where a test moves it on."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def move_on(seconds: float) -> None:
        now[0] += seconds

    return move_on


def test_a_log_says_how_much_time_is_left(clock, capsys):
    with speaking.progress(ENGLISH, quiet=False, as_json=False) as report:
        clock(100)
        report(event(1, 40))
        clock(100)
        report(event(4, 40, "ValueError: no"))
        clock(10)
        report(event(40, 40))
    assert capsys.readouterr().err.splitlines() == [
        "1/40 f1 (1.2 s): trend/f1.de.html [1 h 5 min left]",  # 39 more of 100 s
        "4/40 f4 (1.2 s): Could not be made: ValueError: no [30 min 0 s left]",  # 36 more of 50 s
        "40/40 f40 (1.2 s): trend/f40.de.html",
    ]


def test_events_follow_their_schema(clock, capsys):
    schema = json.loads((FOLDER / "events.schema.json").read_text(encoding="utf-8"))
    with speaking.progress(ENGLISH, quiet=False, as_json=True) as report:
        clock(10)
        report(event(1, 4))
        report(event(4, 4, "ValueError: no"))
    outcome = Outcome(1, 0, 1, {"f4": "ValueError: no"}, FOLDER)
    speaking.say_outcome(outcome, ENGLISH, quiet=False, as_json=True)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for line in lines:
        jsonschema.validate(line, schema)
    assert [line["event"] for line in lines] == ["finding", "finding", "outcome"]
    assert [line.get("left") for line in lines] == [30.0, 0.0, None]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"event": "finding", "id": "f1"}, schema)


def test_a_bar_says_how_much_time_is_left():
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    with speaking._bar(console, ENGLISH.text) as report:
        for done in (1, 2, 3):
            time.sleep(0.05)
            report(event(done, 10_000))
        time.sleep(0.2)
    shown = console.file.getvalue()
    assert "3/10000" in shown
    assert "0:0" in shown.rpartition("3/10000")[2]  # the time, and not the dashes that stand for none


def test_quiet_is_quiet(capsys):
    with speaking.progress(ENGLISH, quiet=True, as_json=False) as report:
        report(event(1, 1))
    assert capsys.readouterr() == ("", "")
