"""What stands in no ledger itself and is proved by what does: the search index by the texts, PINs by their having been given."""

from staffbase.journal import search
from staffbase.kernel.verify import Proved
from staffbase.people import given_pins

UNLEDGERED = (
    Proved(frozenset({"entry_text"}), search.unlike),
    Proved(frozenset({"person", "pin_given"}), given_pins.not_as_given),
)
