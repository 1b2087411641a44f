"""What access and safety says of the backup folder: worst first in words, nothing that may be untrue, and nothing where all is well."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.conftest import EVENING

from staffbase.admin.backup_words import folder_rows, unseen_rows
from staffbase.exchange.automatic import BackupFacts

FACTS = BackupFacts(
    EVENING - timedelta(hours=17), False, Path("/mnt/nas/copies"), 3, 14, "04:00", reachable=True, on_server=False
)  # fmt: skip


def told(facts: BackupFacts) -> list[str]:
    return [row.plain for row in folder_rows(facts, EVENING)][1:]


def test_all_is_well() -> None:
    assert told(FACTS) == ["3 of at most 14 kept, each night at 04:00", "in /mnt/nas/copies"]


def test_until_the_folder_has_answered_nothing_is_said_of_it() -> None:
    assert [row.plain for row in unseen_rows(FACTS, EVENING)][1:] == ["looking at the backup folder …"]
    none = replace(FACTS, keep=0)
    assert unseen_rows(none, EVENING) == folder_rows(none, EVENING), "where there is nothing to look for"


def test_a_folder_that_no_backup_can_go_to() -> None:
    assert told(replace(FACTS, trouble="The drive is away.", reachable=False, kept=0)) == ["The drive is away."]


def test_what_stays_though_it_is_too_much_and_what_is_anothers() -> None:
    rows = told(replace(FACTS, stuck=2, stuck_why="this account has no right to it", others=1))
    assert rows[2:] == [
        "2 older backups could not be deleted: this account has no right to it.",
        "1 more lies there that is another station's, or that cannot be opened here. It is left alone.",
    ]
