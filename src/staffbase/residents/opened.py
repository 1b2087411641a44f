"""What every opening in the ledger is called: the log says to a resident in words what somebody looked at.

A test reads the program's source and finds every opening that has no words here.
"""

from staffbase.kernel.i18n import N_, _

RECORD = {
    "resident.open": N_("the resident's page"),
    "timeline.open": N_("the notes about the resident"),
    "card.open": N_("the crisis card"),
    "card.open_in_backup": N_("the crisis card, in a backup while the station could not be opened"),
    "plan.open": N_("the crisis plan"),
    "search": N_("notes found by a search"),
    "journal.hidden": N_("notes that were moved or withdrawn"),
    "emergency.open": N_("all notes, by emergency access"),
    "access_log.open": N_("this log"),
    "access_log.print": N_("this log, to be printed"),
}
"""What is opened of one resident; the ledger names whom."""

WHOLE_HOUSE = {
    "report.open": N_("a shift report"),
    "report.text": N_("a shift report as plain text"),
    "reading.open": N_("the handover reading"),
    "notes.open": N_("what was written in the house"),
    "search": N_("notes found by a search"),  # before it was written down in whose record
    "journal.hidden": N_("notes that were moved or withdrawn"),
}
"""What shows all who live here at once; the ledger names nobody."""

NO_RECORD = {
    "search.house": N_("searched, and found what is about the house alone"),
    "person.sign_in": N_("signed in"),
    "person.pin_wait": N_("must wait after wrong PINs"),
    "person.change_pin": N_("changed the PIN"),
    "station.": N_("another computer opens the station"),
    "pins.named": N_("PINs from before are known to the log"),
    "guards.restored": N_("guards of the database put back"),
    "ledger.cut.": N_("the log was found cut short"),
    "verify.": N_("everything was verified"),
    "backup.": N_("a backup was taken"),
    "restore.": N_("a backup was restored"),
    "opener.": N_("changed who can open the station"),
    "key.": N_("the key was changed"),
    "erasure.": N_("the file was written anew after an erasure"),
    "demo.": N_("the demo's story went on"),
    "log.": N_("wrote down what could not be written before"),
}
"""What stands in the ledger and shows nobody's record. A name that ends in a dot is how such names begin."""


def known(action: str) -> bool:
    """Whether an opening has its words."""
    begins = tuple(name for name in NO_RECORD if name.endswith("."))
    return action in RECORD or action in WHOLE_HOUSE or action in NO_RECORD or action.startswith(begins)


def words(action: str, *, whole_house: bool) -> str:
    """What was opened, in the language of whoever reads."""
    said = _((WHOLE_HOUSE if whole_house else RECORD)[action])
    return _("%(what)s (the whole house)") % {"what": said} if whole_house else said
