"""What runs of a batch have in common is computed once: before the first that needs it, or while others are under way."""

from __future__ import annotations

from sozialanalyse.batch.engine.warming import Shared


def shared_of(**pieces):
    """What groups share, and the list into which each piece writes its name when it is computed."""
    done = []
    left = {group: [lambda name=name: done.append(name) for name in names.split()] for group, names in pieces.items()}
    return Shared(left), done


def test_what_the_first_run_of_a_group_needs_is_computed_before_it():
    shared, done = shared_of(children="a b", older="c d")
    shared.compute_for("older")
    assert done == ["c", "d"]
    shared.compute_for("older")
    shared.compute_for("residents")  # too few findings to share anything
    shared.compute_for(None)
    assert done == ["c", "d"]
    assert list(shared.left) == ["children"]


def test_while_runs_are_under_way_a_piece_at_a_time_is_computed_for_those_to_come():
    shared, done = shared_of(children="a b", older="c")
    shared.go_on()
    assert done == ["a"]
    shared.compute_for("children")
    assert done == ["a", "b"]
    shared.go_on()
    assert done == ["a", "b", "c"]
    assert shared.left == {}
    shared.go_on()
    assert done == ["a", "b", "c"]


def test_an_error_is_left_to_the_run_that_meets_it_too():
    shared = Shared({"children": [lambda: 1 / 0, lambda: 1 / 0], "older": [lambda: 1 / 0]})
    shared.go_on()
    shared.compute_for("children")
    shared.compute_for("older")
    assert shared.left == {}


def test_what_only_some_runs_need_waits_until_there_is_time():
    shared, done = shared_of(children="a")
    shared.soon.append(lambda: done.append("maps"))
    shared.compute_for("children")
    assert done == ["a"]
    assert not shared.is_done
    shared.go_on()
    assert done == ["a", "maps"]
    assert shared.is_done
