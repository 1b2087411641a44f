"""The role table for people to read, from the one table every service checks (kernel.access).

`staffbase keys --roles` prints it; `python -m staffbase.roles README.md` writes it where the README holds it.
"""

import sys
from pathlib import Path

from staffbase.kernel import i18n
from staffbase.kernel.access import ALLOWED, ROLE_NAMES, Permission, Role
from staffbase.kernel.i18n import _

BEGINS, ENDS = "<!-- roles: written by python -m staffbase.roles -->", "<!-- roles: end -->"
"""What the table in the README stands between."""
_YES, _NO = "●", "·"


def role_table() -> str:
    """Roles and permissions as plain text of at most 80 columns, in the person's language."""
    legend = [f"{number}  {_(ROLE_NAMES[role])}" for number, role in enumerate(Role, 1)]
    width = max(len(_(permission.value)) for permission in Permission)
    head = " " * width + "".join(f" {number}" for number, _role in enumerate(Role, 1))
    rows = [
        _(permission.value).ljust(width) + "".join(f" {_YES if permission in ALLOWED[role] else _NO}" for role in Role)
        for permission in Permission
    ]
    return "\n".join([*legend, "", head, *rows])


def markdown_table() -> str:
    """The same as a table in Markdown."""
    rows = [
        ["", *(_(ROLE_NAMES[role]) for role in Role)],
        ["---", *(":-:" for _role in Role)],
        *([_(one.value), *(_YES if one in ALLOWED[role] else "" for role in Role)] for one in Permission),
    ]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def with_table(text: str) -> str:
    """A text with the table of today between its two marks. Raises ValueError where they are not."""
    before, marked, rest = text.partition(BEGINS)
    _stale, ended, after = rest.partition(ENDS)
    if not (marked and ended):
        raise ValueError(f"between {BEGINS} and {ENDS}")
    return f"{before}{BEGINS}\n\n{markdown_table()}\n\n{ENDS}{after}"


if __name__ == "__main__":
    i18n.use("en")
    file = Path(sys.argv[1])
    file.write_text(with_table(file.read_text(encoding="utf-8")), encoding="utf-8")
