"""How far the ledger has come, as it is carried away on paper: `staffbase verify --head` compares it later."""

from sqlmodel import col, select

from staffbase.kernel.i18n import _
from staffbase.kernel.ledger import Ledger
from staffbase.kernel.transaction import Reading

HEAD_LETTERS = 16
"""How much of the newest row's hash stands on paper: enough that nobody makes another that begins so."""


def newest_in(tx: Reading) -> tuple[int, bytes]:
    """The ledger's newest row and its hash."""
    head = tx.all(select(Ledger).where(Ledger.chain == 1).order_by(col(Ledger.seq).desc()).limit(1))[0]
    return head.seq, head.hash


def printed_head(seq: int, digest: bytes | str) -> str:
    """A head as `--head` takes it, and as it is said everywhere; the hash in bytes or hexadecimal."""
    told = digest.hex() if isinstance(digest, bytes) else digest
    return f"{seq}:{told[:HEAD_LETTERS]}"


def head_words(seq: int, digest: bytes) -> str:
    """The last line of whatever is printed."""
    return _("Newest row of the ledger: %(head)s") % {"head": printed_head(seq, digest)}
