"""Keys on a round: a held one answers one door, and none for seen lies beside one for not seen."""

from hypothesis import given
from hypothesis import strategies as st

from staffbase.rounds.held_key import DEBOUNCE_SECONDS, HeldKey, Pressed, neighbours
from staffbase.rounds.rules import KEYS, LADDER, SEEN


@given(st.floats(0.2, 0.99), st.floats(0.01, 0.29), st.integers(2, 60))
def test_a_held_key_answers_one_door_however_the_keyboard_repeats(delay, interval, repeats):
    held, now, taken, waiting = HeldKey(), 100.0, 0, None
    for step in [0.0, delay, *[interval] * repeats]:
        now += step
        if waiting is not None and now - waiting >= DEBOUNCE_SECONDS:
            taken, waiting = taken + 1, None
        verdict = held.press("s", now)
        taken += verdict is Pressed.TAKE
        waiting = now if verdict is Pressed.WAIT else None
    assert taken == 1


@given(st.lists(st.tuples(st.sampled_from("sapybr"), st.floats(DEBOUNCE_SECONDS + 0.01, 5.0)), min_size=1, max_size=20))
def test_keys_pressed_one_by_one_all_count(presses):
    held, now, counted, waiting = HeldKey(), 0.0, 0, False
    for key, pause in presses:
        now += pause
        counted += waiting  # it stood alone for 300 ms
        verdict = held.press(key, now)
        assert verdict is not Pressed.IGNORE
        counted += verdict is Pressed.TAKE
        waiting = verdict is Pressed.WAIT
    assert counted + waiting == len(presses)


def test_no_key_for_seen_lies_beside_one_for_not_seen():
    for key, outcome in KEYS.items():
        for other in neighbours(key) & set(KEYS):
            assert KEYS[other] in LADDER or outcome in LADDER or (KEYS[other] in SEEN) == (outcome in SEEN), (
                key,
                other,
            )


def test_no_key_for_seen_lies_beside_a_dangerous_one():
    """`h` lies between `y` and `b`, both *not seen*; that is why it asks before it records anything."""
    beside = {
        (key, other) for key, outcome in KEYS.items() if outcome in LADDER for other in neighbours(key) & set(KEYS)
    }
    assert beside == {("h", "y"), ("h", "b")}
    assert not any(KEYS[other] in SEEN for _key, other in beside)


def test_neighbours_on_the_norwegian_layout():
    assert neighbours("a") == {"q", "w", "s", "z"}
    assert neighbours("h") == {"y", "u", "g", "j", "b", "n"}
    assert neighbours("p") == {"o", "å", "l", "ø"}
