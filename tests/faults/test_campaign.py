"""The table of faults counts what happened: no loss goes uncounted, and no try that the fault did not meet is survived."""

import pytest
from tests.faults.campaign import Tally


def test_what_is_lost_counts_however_it_is_told() -> None:
    tally = Tally("a fault")
    with tally.trial():
        pass
    with tally.trial():
        raise AssertionError("lost")
    with tally.trial(), pytest.raises(OSError):  # noqa: PT011  (nothing is raised, which is the point)
        pass
    assert tally.counted == ["a fault", 3, 1, 2]
    with pytest.raises(AssertionError, match="lost"):
        tally.settle()


def test_a_proof_that_fails_takes_one_from_those_that_survived() -> None:
    tally = Tally("a fault")
    with tally.trial(25):
        pass
    with tally.proof():
        pass
    assert tally.counted[1:] == [25, 25, 0]
    with tally.proof():
        raise AssertionError("lost: what was told as saved")
    assert tally.counted[1:] == [25, 24, 1]
    with pytest.raises(AssertionError, match="told as saved"):
        tally.settle()


def test_a_proof_before_anything_survived_counts_all_the_same() -> None:
    tally = Tally("a fault")
    with tally.proof():
        raise AssertionError("lost")
    assert tally.counted[1:] == [1, 0, 1]


def test_a_try_that_the_fault_did_not_meet_is_none_unless_it_loses() -> None:
    tally = Tally("a fault")
    for number in tally.until(2):
        with tally.trial() as trial:
            trial.met = number % 2 == 0
    assert tally.counted[1:] == [2, 2, 0]
    with tally.trial() as trial:
        trial.met = False
        raise AssertionError("lost")
    assert tally.counted[1:] == [3, 2, 1]


def test_a_campaign_whose_tries_miss_says_so() -> None:
    tally = Tally("a fault")
    with pytest.raises(AssertionError, match="most tries miss it"):
        for _ in tally.until(5):
            with tally.trial() as trial:
                trial.met = False


def test_a_skipped_trial_is_none() -> None:
    tally = Tally("a fault")
    with pytest.raises(pytest.skip.Exception), tally.trial():
        pytest.skip("no disk")
    assert tally.counted[1:] == [0, 0, 0]
