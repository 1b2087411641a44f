"""What the page on access and safety says of the backup folder, which may be another machine's: not at once, and not always good."""

from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from staffbase.admin.trust_words import backup_head, backup_rows
from staffbase.kernel.i18n import _, ngettext
from staffbase.ui.text import shown

if TYPE_CHECKING:
    from staffbase.exchange.automatic import BackupFacts


def unseen_rows(facts: "BackupFacts", now: datetime) -> list[Content]:
    """As long as the folder has not answered."""
    if facts.on_server or not facts.keep:
        return backup_rows(facts, now)
    return [backup_head(facts, now), shown(_("looking at the backup folder …"), "$muted")]


def folder_rows(facts: "BackupFacts", now: datetime) -> list[Content]:
    """When the last one was, how many lie where, and what is in no order there."""
    if facts.on_server or not facts.keep:
        return backup_rows(facts, now)
    if facts.trouble:
        return [backup_head(facts, now), shown(facts.trouble, "bold $warning-text")]
    rows = backup_rows(facts, now)
    if facts.stuck:
        told = ngettext(
            "%(count)d older backup could not be deleted: %(why)s.",
            "%(count)d older backups could not be deleted: %(why)s.",
            facts.stuck,
        )
        rows.append(shown(told % {"count": facts.stuck, "why": facts.stuck_why}, "bold $warning-text"))
    if facts.others:
        told = ngettext(
            "%(count)d more lies there that is another station's, or that cannot be opened here. It is left alone.",
            "%(count)d more lie there that are another station's, or that cannot be opened here. They are left alone.",
            facts.others,
        )
        rows.append(shown(told % {"count": facts.others}, "$muted"))
    return rows
