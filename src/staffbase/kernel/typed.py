"""What people type, checked where it enters: one rule for all fields, so that no text acts and none is cut."""

import re
from datetime import datetime

from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _

TEXT_LIMIT = 20_000
"""Characters a text may hold; a longer one is refused whole, never cut."""


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""C0 and C1 controls except newline and tab, and halves of surrogate pairs."""


def typed_text(text: str, field: str = "text", *, required: bool = True, limit: int = TEXT_LIMIT) -> str:
    """The text as it may be stored: line ends as newlines, no blank ends.

    Raises Invalid for control characters, for more than `limit` characters, and for nothing where something is required.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(text):
        raise Invalid(_("The text holds control characters (from a paste?). Remove them and save again."), field)
    text = text.strip()
    if len(text) > limit:
        raise Invalid(
            _("The text has %(length)d characters; %(limit)d is the most. Divide it in two.")
            % {"length": len(text), "limit": limit},
            field,
        )
    if required and not text:
        raise Invalid(_("Something must be written here."), field)
    return text


def typed_line(text: str, field: str, *, required: bool = True, limit: int = 120) -> str:
    """The same for one line: no newlines or tabs."""
    text = typed_text(text, field, required=required, limit=limit)
    if "\n" in text or "\t" in text:
        raise Invalid(_("This must be one line."), field)
    return text


def past_moment(moment: datetime, now: datetime, field: str = "observed") -> datetime:
    """An observed moment, which cannot lie in the future. Raises Invalid."""
    if moment > now:
        raise Invalid(_("The time lies in the future. What is observed has happened."), field)
    return moment
