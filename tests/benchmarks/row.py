"""What a measurement becomes: a line of the table that says whether its target is met."""

import statistics
from dataclasses import dataclass, field

HEAD = ("| what | ours | yardstick | ratio | target | | measured |", "|---|---|---|---|---|---|---|")


def at_quantile(values: list[float], quantile: float) -> float:
    """The value that so many of them do not exceed; the median where it is a half."""
    if quantile == 0.5:
        return statistics.median(values)
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(quantile * len(ordered)))]


@dataclass
class Row:
    """A ratio of two things measured side by side, in seconds, and what it should be at most."""

    name: str
    target: float
    quantile: float = 0.5
    ours: list[float] = field(default_factory=list)
    yardstick: list[float] = field(default_factory=list)

    def markdown(self) -> str:
        ours, yard = (1000 * at_quantile(values, self.quantile) for values in (self.ours, self.yardstick))
        met = "met" if ours / yard <= self.target else "**missed**"
        return (
            f"| {self.name} | {ours:.2f} ms | {yard:.2f} ms | {ours / yard:.2f} | ≤ {self.target:g} "
            f"| {met} | {len(self.ours)} |"
        )


@dataclass
class Figure:
    """A figure that needs no yardstick, and what it should be at most."""

    name: str
    target: float
    unit: str
    values: list[float] = field(default_factory=list)

    def markdown(self) -> str:
        value = statistics.median(self.values)
        met = "met" if value <= self.target else "**missed**"
        return f"| {self.name} | {value:.3g} {self.unit} | | | ≤ {self.target:g} {self.unit} | {met} | {len(self.values)} |"
