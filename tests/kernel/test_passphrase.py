"""A station's identity behind a passphrase: a busy computer is not taken for a wrong passphrase, and locks no weaker."""

import re

import pyrage
import pytest

from staffbase.kernel.errors import Invalid, PassphraseNeeded
from staffbase.kernel.passphrase import LEAST_WORK, is_locked, locked, unlocked

IDENTITY = "AGE-SECRET-KEY-1" + "Q" * 58
WORDS = "seks ord på en lapp"


def test_what_is_locked_opens_with_its_passphrase_alone() -> None:
    kept = locked(IDENTITY, WORDS)
    assert is_locked(kept)
    assert unlocked(kept, WORDS) == IDENTITY
    with pytest.raises(PassphraseNeeded, match="asks for its passphrase"):
        unlocked(kept, None)
    with pytest.raises(PassphraseNeeded, match="wrong"):
        unlocked(kept, "noe annet")
    assert not is_locked(locked(IDENTITY, None))
    assert unlocked(IDENTITY, None) == IDENTITY
    with pytest.raises(Invalid, match="empty"):
        locked(IDENTITY, "  ")


def with_work(kept: str, work: int) -> str:
    """The same with another work factor in its header, as on a computer that seems so much slower."""
    header = re.sub(rb"(-> scrypt \S+ )\d+\n", rb"\g<1>%d\n" % work, bytes.fromhex(kept), count=1)
    return header.hex()


def test_a_computer_that_seems_too_slow_is_not_told_that_the_passphrase_is_wrong() -> None:
    with pytest.raises(PassphraseNeeded, match="too busy") as refused:
        unlocked(with_work(locked(IDENTITY, WORDS), 30), WORDS)
    assert "wrong" not in str(refused.value).lower().replace("nothing is wrong", "")


def test_it_is_tried_again_when_the_computer_was_busy_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    real, tried = pyrage.passphrase.decrypt, []
    kept = locked(IDENTITY, WORDS)

    def busy_twice(sealed: bytes, passphrase: str) -> bytes:
        tried.append(sealed)
        return real(bytes.fromhex(with_work(kept, 30)) if len(tried) < 3 else sealed, passphrase)

    monkeypatch.setattr(pyrage.passphrase, "decrypt", busy_twice)
    assert unlocked(kept, WORDS) == IDENTITY
    assert len(tried) == 3


def test_a_busy_computer_locks_no_weaker(monkeypatch: pytest.MonkeyPatch) -> None:
    """How much work it takes is measured by the library each time; a busy moment would make it little."""
    real, tried = pyrage.passphrase.encrypt, []

    def little_at_first(plain: bytes, passphrase: str) -> bytes:
        tried.append(plain)
        sealed = real(plain, passphrase)
        return bytes.fromhex(with_work(sealed.hex(), 9)) if len(tried) == 1 else sealed

    monkeypatch.setattr(pyrage.passphrase, "encrypt", little_at_first)
    found = re.search(rb"-> scrypt \S+ (\d+)\n", bytes.fromhex(locked(IDENTITY, WORDS)))
    assert found is not None
    assert int(found[1]) >= LEAST_WORK
    assert len(tried) == 2
