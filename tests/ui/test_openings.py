"""An opening stands in the ledger once: not twice because a refresh replaced it, and not never because it failed."""

import asyncio
from contextlib import suppress

import pytest

from staffbase.kernel.errors import DatabaseUnavailable
from staffbase.ui.openings import Openings


class Record:
    """A record that counts how it was read, slowly, and refuses as often as it is told to."""

    def __init__(self, refuses: int = 0) -> None:
        self.looks: list[bool] = []
        self.refuses = refuses
        self.may_answer = asyncio.Event()

    async def read(self, opening: bool) -> str:
        self.looks.append(opening)
        await self.may_answer.wait()
        if self.refuses:
            self.refuses -= 1
            raise DatabaseUnavailable("held")
        return "read"


async def test_the_first_look_is_the_opening_and_the_next_is_none():
    record, openings = Record(), Openings()
    record.may_answer.set()
    assert [await openings.look(1, record.read), await openings.look(1, record.read)] == ["read", "read"]
    assert record.looks == [True, False]
    await openings.look(2, record.read)
    openings.forget(1)
    await openings.look(1, record.read)
    assert record.looks == [True, False, True, True]


async def test_a_look_that_failed_was_no_opening():
    record, openings = Record(refuses=1), Openings()
    record.may_answer.set()
    with pytest.raises(DatabaseUnavailable):
        await openings.look(1, record.read)
    await openings.look(1, record.read)
    assert record.looks == [True, True]


@pytest.mark.parametrize(("refuses", "looks"), [(0, [True, False]), (1, [True, True])])
async def test_a_refresh_that_replaces_the_opening_waits_for_how_it_ended(refuses, looks):
    record, openings = Record(refuses), Openings()
    first = asyncio.create_task(openings.look(1, record.read))
    await asyncio.sleep(0)
    first.cancel()
    with suppress(asyncio.CancelledError):
        await first
    again = asyncio.create_task(openings.look(1, record.read))
    for _turn in range(5):
        await asyncio.sleep(0)
    assert record.looks == [True]
    record.may_answer.set()
    assert await again == "read"
    assert record.looks == looks


async def test_what_was_looked_at_has_two_names():
    record, openings = Record(), Openings()
    record.may_answer.set()
    await openings.look("the present shift", record.read)
    openings.written("the night to Tuesday")
    await openings.look("the night to Tuesday", record.read)
    assert record.looks == [True, False]
