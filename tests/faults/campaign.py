"""How often each fault was tried, and what it took: counted by the tests, told as a table at the end of `pytest -m faults`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest

_PROPERTY, _YARDSTICK = "fault", "fault that must lose"
_TOLD = "told of faults"
_HEADINGS = ("tried", "survived", "lost")
_LOSSES = (Exception, pytest.fail.Exception)
"""Whatever it is, the fault was not survived; a `pytest.raises` that got nothing raises what is no Exception."""
_MISSES_ALLOWED = 6


class Trial:
    """One try under way. `met` is False where the fault had no chance to do anything: then it counts only if it lost."""

    met = True


class Tally:
    """One fault: `trial` is one try, and whatever fails in it counts as lost. `settle` fails if any was."""

    def __init__(self, fault: str) -> None:
        self.counted: list[Any] = [fault, 0, 0, 0]
        """[fault, tried, survived, lost], as it travels to where the table is written."""
        self.first: BaseException | None = None

    @contextmanager
    def trial(self, times: int = 1) -> Iterator[Trial]:
        """Try it, so many times at once."""
        trial = Trial()
        try:
            yield trial
        except _LOSSES as error:
            self._count(times, 0, times)
            self.first = self.first or error
        else:
            if trial.met:
                self._count(times, times, 0)

    @contextmanager
    def proof(self) -> Iterator[None]:
        """What must hold after trials that were counted already: else one of them, at least, has lost."""
        try:
            yield
        except _LOSSES as error:
            self._count(0 if self.counted[2] else 1, -1 if self.counted[2] else 0, 1)
            self.first = self.first or error

    def until(self, times: int) -> Iterator[int]:
        """Numbers of tries, until so many have met the fault. Raises AssertionError when most of them miss it."""
        for number in count():
            if self.counted[1] >= times:
                return
            assert number < 2 * times + _MISSES_ALLOWED, f"{self.counted[0]}: most tries miss it"
            yield number

    def _count(self, *more: int) -> None:
        self.counted[1:] = [before + one for before, one in zip(self.counted[1:], more, strict=True)]

    @property
    def lost(self) -> int:
        return int(self.counted[3])

    def settle(self) -> None:
        """Nothing was lost."""
        if self.first is not None:
            raise self.first


def times(dose: int, campaign: int) -> pytest.MarkDecorator:
    """A test that runs so many times in the default run, and so many in the campaign."""
    return pytest.mark.parametrize(
        "times",
        [pytest.param(dose, id="dose"), pytest.param(campaign, id="campaign", marks=pytest.mark.faults)],
    )


def tally_for(request: pytest.FixtureRequest, fault: str, *, must_lose: bool = False) -> Tally:
    """A new line of the table, counted by this test. `must_lose`: a yardstick that shows that losses would be seen."""
    made = Tally(fault)
    request.node.user_properties.append((_YARDSTICK if must_lose else _PROPERTY, made.counted))
    return made


def tell(request: pytest.FixtureRequest, sentence: str) -> None:
    """A sentence under the table: what the counted trials were like."""
    request.node.user_properties.append((_TOLD, sentence))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The table, where the campaign was asked for."""
    if config.getoption("markexpr") != "faults":
        return
    lines = _lines(terminalreporter, _PROPERTY)
    if not lines:
        return
    lines["all"] = [sum(column) for column in zip(*lines.values(), strict=True)]
    yardsticks = _lines(terminalreporter, _YARDSTICK)
    width = max(map(len, (*lines, *yardsticks)))
    terminalreporter.section("faults")
    terminalreporter.write_line(_row("fault", _HEADINGS, width))
    for fault, counted in lines.items():
        terminalreporter.write_line(_row(fault, counted, width))
    if yardsticks:
        terminalreporter.write_line("")
        terminalreporter.write_line("not the program, but a yardstick that must lose:")
    for fault, counted in yardsticks.items():
        terminalreporter.write_line(_row(fault, counted, width))
    for sentence in _told(terminalreporter, _TOLD):
        terminalreporter.write_line(sentence)


def _lines(terminalreporter: Any, wanted: str) -> dict[str, list[int]]:
    lines: dict[str, list[int]] = {}
    for counted in _told(terminalreporter, wanted):
        line = lines.get(counted[0], [0, 0, 0])
        lines[counted[0]] = [before + more for before, more in zip(line, counted[1:], strict=True)]
    return dict(sorted(lines.items()))


def _told(terminalreporter: Any, wanted: str) -> Iterator[Any]:
    for report in (report for reports in terminalreporter.stats.values() for report in reports):
        if getattr(report, "when", "") == "call":
            yield from (value for name, value in report.user_properties if name == wanted)


def _row(first: str, rest: Iterable[object], width: int) -> str:
    return f"{first:<{width}}  " + "  ".join(f"{one:>8}" for one in rest)
