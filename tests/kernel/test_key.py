"""The key: the station opens by itself, a copy of its folder does not, the recovery identity always does."""

import shutil
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from staffbase.kernel import key as keys
from staffbase.kernel.errors import DatabaseDamaged, Invalid, KeyExposed, KeyMissing, PassphraseNeeded
from staffbase.kernel.key import (
    FileIdentities,
    NewKey,
    SystemIdentities,
    asks_for_passphrase,
    create_key,
    new_identity,
    open_key,
    open_with_recovery,
    protect,
    station_card,
    take_over,
)
from staffbase.kernel.recipients import add_recipient, replace_recovery


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def identities(tmp_path: Path) -> FileIdentities:
    return FileIdentities(tmp_path / "identities")


@pytest.fixture
def new(home: Path, identities: FileIdentities) -> NewKey:
    return create_key(home, identities)


def test_the_station_and_the_recovery_identity_open_it(home: Path, identities: FileIdentities, new: NewKey) -> None:
    assert len(new.key.database) == 32
    assert open_key(home, identities) == new.key
    assert open_with_recovery(home, f"  {new.recovery_identity}\n") == new.key


def test_a_copy_of_the_folder_alone_opens_nothing(home: Path, new: NewKey, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "copy")
    with pytest.raises(KeyMissing, match="no identity"):
        open_key(tmp_path / "copy", FileIdentities(tmp_path / "other machine"))
    assert open_with_recovery(tmp_path / "copy", new.recovery_identity) == new.key


def test_nothing_in_the_folder_tells_the_key(home: Path, identities: FileIdentities, new: NewKey) -> None:
    secrets = [new.key.database, new.key.database.hex().encode(), b"AGE-SECRET-KEY"]
    for file in home.rglob("*"):
        assert not any(secret in file.read_bytes() for secret in secrets)
    held = b"".join(file.read_bytes() for file in identities.folder.iterdir())
    assert new.recovery_identity.encode() not in held


def test_everything_is_for_its_owner_alone(home: Path, identities: FileIdentities, new: NewKey) -> None:
    for folder in (home, identities.folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        for file in folder.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_may_read_is_refused(home: Path, identities: FileIdentities, new: NewKey, mode: int) -> None:
    identity = identities.file_of(station_card(home).station_id)
    for file in (home / "key.age", identity):
        file.chmod(mode)
        with pytest.raises(KeyExposed, match="chmod 600"):
            open_key(home, identities)
        file.chmod(0o600)


def test_another_stations_identity_does_not_open_it(
    home: Path, identities: FileIdentities, new: NewKey, tmp_path: Path
) -> None:
    other = create_key(tmp_path / "other", identities)
    with pytest.raises(KeyMissing, match="does not open"):
        open_with_recovery(home, other.recovery_identity)
    with pytest.raises(KeyMissing, match="not an identity"):
        open_with_recovery(home, "hunter2")


def test_no_second_key_over_the_first(home: Path, identities: FileIdentities, new: NewKey) -> None:
    with pytest.raises(Invalid, match="already"):
        create_key(home, identities)
    assert open_key(home, identities) == new.key


def test_the_identity_cannot_lie_in_the_data_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAFFBASE_IDENTITY_DIR", str(home / "identities"))
    with pytest.raises(Invalid, match="must not lie in its data folder"):
        create_key(home, SystemIdentities())
    assert not (home / "key.age").exists()


def test_a_station_that_asks_for_a_passphrase(home: Path, identities: FileIdentities) -> None:
    new = create_key(home, identities, "seks ord på en lapp")
    assert asks_for_passphrase(home, identities)
    with pytest.raises(PassphraseNeeded, match="asks for its passphrase"):
        open_key(home, identities)
    with pytest.raises(PassphraseNeeded, match="wrong"):
        open_key(home, identities, "noe annet")
    assert open_key(home, identities, "seks ord på en lapp") == new.key
    protect(home, identities, None, current="seks ord på en lapp")
    assert open_key(home, identities) == new.key
    assert not asks_for_passphrase(home, identities)


def test_an_empty_passphrase_is_none(home: Path, identities: FileIdentities) -> None:
    with pytest.raises(Invalid, match="empty"):
        create_key(home, identities, "  ")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.integers(0, 2000), bit=st.integers(0, 7))
def test_a_damaged_key_file_is_one_sentence(
    home: Path, identities: FileIdentities, tmp_path: Path, where: int, bit: int
) -> None:
    if not home.exists():
        create_key(home, identities)
    file = home / "key.age"
    whole = file.read_bytes()
    broken = bytearray(whole)
    broken[where % len(whole)] ^= 1 << bit
    file.write_bytes(broken)
    try:
        with pytest.raises((DatabaseDamaged, KeyMissing)):
            open_key(home, identities)
    finally:
        file.write_bytes(whole)


def test_a_cut_key_file_or_a_lost_card(home: Path, identities: FileIdentities, new: NewKey) -> None:
    whole = (home / "key.age").read_bytes()
    for length in (0, 10, len(whole) - 1):
        (home / "key.age").write_bytes(whole[:length])
        with pytest.raises(DatabaseDamaged, match="key file is damaged"):
            open_key(home, identities)
    (home / "key.age").write_bytes(whole)
    (home / "station.toml").unlink()
    with pytest.raises(DatabaseDamaged, match=r"station\.toml"):
        open_key(home, identities)
    (home / "key.age").unlink()
    with pytest.raises(KeyMissing, match="cannot be read"):
        open_key(home, identities)


def test_the_machine_keeps_it_in_the_users_settings_and_loads_no_keyring(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STAFFBASE_IDENTITY_DIR")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delitem(sys.modules, "keyring", raising=False)
    new = create_key(home, SystemIdentities())
    assert open_key(home, SystemIdentities()) == new.key
    name = station_card(home).station_id
    assert (tmp_path / "config" / "staffbase" / "identities" / f"{name}.identity").exists()
    assert "keyring" not in sys.modules


def test_a_silent_keyring_is_used_where_there_is_one(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keyring
    from keyring.backend import KeyringBackend

    class Silent(KeyringBackend):
        priority = 9
        held: dict[tuple[str, str], str] = {}

        def get_password(self, service: str, username: str) -> str | None:
            return self.held.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            self.held[service, username] = password

    before = keyring.get_keyring()
    keyring.set_keyring(Silent())
    try:
        monkeypatch.delenv("STAFFBASE_IDENTITY_DIR")
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
        store = SystemIdentities()
        store._keyring = True
        new = create_key(home, store)
        assert open_key(home, store) == new.key
        assert list(Silent.held) == [("staffbase", station_card(home).station_id)]
        assert not (tmp_path / "config").exists()
    finally:
        keyring.set_keyring(before)


def test_without_a_keyring_that_works_it_is_a_file(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    from keyring.backends.fail import Keyring as NoKeyring

    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    try:
        monkeypatch.delenv("STAFFBASE_IDENTITY_DIR")
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
        store = SystemIdentities()
        store._keyring = True
        new = create_key(home, store)
        assert open_key(home, store) == new.key
        with pytest.raises(KeyMissing):
            store.files.file_of(station_card(home).station_id).unlink()
            open_key(home, store)
    finally:
        keyring.set_keyring(before)


def test_a_crash_while_writing_leaves_the_old_file(home: Path, new: NewKey, monkeypatch: pytest.MonkeyPatch) -> None:
    from staffbase.kernel import files

    before = (home / "key.age").read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.write_private(home / "key.age", b"half")
    assert (home / "key.age").read_bytes() == before
    assert sorted(file.name for file in home.iterdir()) == ["key.age", "station.toml"]


def test_only_public_keys_stand_beside_it(home: Path, identities: FileIdentities, new: NewKey) -> None:
    card = station_card(home)
    assert card.station_recipient.startswith("age1")
    assert card.recovery_recipient.startswith("age1")
    sealed = keys.encrypted_to(card, b"x" * 32)
    assert keys._opened(sealed, new.recovery_identity).database == b"x" * 32


def public_of(identity: str) -> str:
    return str(keys.age_identity(identity).to_public())


def with_envelope(home: Path, identities: FileIdentities) -> tuple[str, str]:
    """One more identity that opens the station, and what another station has; each as it is on paper."""
    envelope, neighbour = new_identity(), new_identity()
    add_recipient(home, identities, public_of(envelope), "konvolutt")
    add_recipient(home, identities, public_of(neighbour), "nabostasjonen")
    return envelope, neighbour


def test_whoever_takes_a_copy_over_shuts_nobody_out(
    home: Path, identities: FileIdentities, new: NewKey, tmp_path: Path
) -> None:
    openers = (new.recovery_identity, *with_envelope(home, identities))
    before = station_card(home)
    for number, used in enumerate(openers):
        copy, machine = tmp_path / f"copy {number}", FileIdentities(tmp_path / f"machine {number}")
        shutil.copytree(home, copy)
        take_over(copy, machine, used)
        card = station_card(copy)
        assert (card.recovery_recipient, card.others) == (before.recovery_recipient, before.others)
        assert card.station_recipient != before.station_recipient
        assert open_key(copy, machine) == new.key
        for opener in openers:
            assert open_with_recovery(copy, opener) == new.key


def test_an_identity_that_opens_it_and_stands_on_no_card_goes_on_opening_it(
    home: Path, identities: FileIdentities, new: NewKey, tmp_path: Path
) -> None:
    """A change of who opens it that was cut off before the card was written."""
    fresh, card = new_identity(), (home / "station.toml").read_bytes()
    replace_recovery(home, identities, fresh)
    keys.keep_key(home, station_card(home), new.key)
    (home / "station.toml").write_bytes(card)
    take_over(home, FileIdentities(tmp_path / "another machine"), fresh)
    for opener in (fresh, new.recovery_identity):
        assert open_with_recovery(home, opener) == new.key


@pytest.mark.parametrize("lost", [True, False])
def test_a_lost_card_is_written_anew_for_whoever_opens_it(lost: bool, home: Path, new: NewKey, tmp_path: Path) -> None:
    card = home / "station.toml"
    if lost:
        card.unlink()
    else:
        card.write_text(card.read_text().replace(station_card(home).recovery_recipient, "age1hei"))
    machine = FileIdentities(tmp_path / "another machine")
    take_over(home, machine, new.recovery_identity)
    assert station_card(home).recovery_recipient == public_of(new.recovery_identity)
    assert open_key(home, machine) == new.key
