"""What the strip on top says waits for somebody."""

from typing import Any

from staffbase.journal.model import Importance


def test_unread_is_said_to_those_who_take_over_the_house(station: Any, actors: Any) -> None:
    station.notes.write(actors["jonas"], "The boiler is off until Thursday.", importance=Importance.HANDOVER)
    station.people.go_on_duty(actors["marit"])
    assert station.board.strip(actors["marit"]).notices == ("3: 1 unread",)
    assert station.board.strip(actors["leader"]).notices == ()
    assert station.handover.unread_count(actors["leader"]) == 1
