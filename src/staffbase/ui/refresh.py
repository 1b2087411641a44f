"""Keeps the visible screen true: a refresh at first show and after any change in the database, newest first."""

from typing import TYPE_CHECKING

from staffbase.kernel.errors import StaffbaseError

if TYPE_CHECKING:
    from staffbase.ui.screen import StaffScreen


def refresh_screen(screen: "StaffScreen") -> None:
    """Run the screen's `refresh_view` as a worker; what a person can understand becomes a message."""

    async def run() -> None:
        try:
            await screen.refresh_view()
        except StaffbaseError as error:
            screen.app.notify(str(error), severity="error", markup=False, timeout=12)

    screen.run_worker(run, group="refresh", exclusive=True)  # type: ignore[arg-type]  # it returns nothing
