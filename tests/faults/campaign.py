"""How often each fault was tried, and what it took: counted by the tests, told as a table at the end of `pytest -m faults`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

_PROPERTY, _YARDSTICK = "fault", "fault that must lose"
_HEADINGS = ("tried", "survived", "lost")


class Tally:
    """One fault: `trial` is one try, and whatever is raised in it counts as lost. `settle` fails if any was."""

    def __init__(self, fault: str) -> None:
        self.counted: list[Any] = [fault, 0, 0, 0]
        """[fault, tried, survived, lost], as it travels to where the table is written."""
        self.first: BaseException | None = None

    @contextmanager
    def trial(self, times: int = 1) -> Iterator[None]:
        """Try it, so many times at once."""
        self.counted[1] += times
        try:
            yield
        except Exception as error:  # noqa: BLE001  (whatever it is, the fault was not survived; `settle` raises it)
            self.counted[3] += times
            self.first = self.first or error
        else:
            self.counted[2] += times

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


def _lines(terminalreporter: Any, wanted: str) -> dict[str, list[int]]:
    lines: dict[str, list[int]] = {}
    told = (report for reports in terminalreporter.stats.values() for report in reports)
    for report in told:
        for name, counted in report.user_properties if getattr(report, "when", "") == "call" else ():
            if name == wanted:
                line = lines.get(counted[0], [0, 0, 0])
                lines[counted[0]] = [before + more for before, more in zip(line, counted[1:], strict=True)]
    return dict(sorted(lines.items()))


def _row(first: str, rest: Iterable[object], width: int) -> str:
    return f"{first:<{width}}  " + "  ".join(f"{one:>8}" for one in rest)
