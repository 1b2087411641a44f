"""Every room that has tables; the schema is the sum of them."""

from importlib import import_module
from importlib.util import find_spec

ROOMS = (
    "journal",
    "people",
    "residents",
    "notes",
    "tasks",
    "incidents",
    "crisis_plans",
    "rounds",
    "handover",
    "board",
    "admin",
)


def load_models() -> None:
    """Import all tables, so that the metadata is complete."""
    for of_the_kernel in ("ledger", "verified"):
        import_module(f"staffbase.kernel.{of_the_kernel}")
    for room in ROOMS:
        if find_spec(f"staffbase.{room}.model"):
            import_module(f"staffbase.{room}.model")
