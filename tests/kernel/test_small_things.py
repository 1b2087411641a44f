"""Clock, settings, typed text, languages and the role table: what every room takes for granted."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffbase.kernel import i18n
from staffbase.kernel.access import ALLOWED, STATION_ITSELF, Actor, Permission, Role, allowed, require
from staffbase.kernel.clock import DemoClock, HeldClock, at_local, local
from staffbase.kernel.errors import Invalid, NotAllowed
from staffbase.kernel.settings import read_settings
from staffbase.kernel.typed import TEXT_LIMIT, past_moment, typed_line, typed_text


def test_a_naive_moment_is_read_as_oslo_time() -> None:
    clock = HeldClock(datetime(2026, 1, 5, 21, 40))  # noqa: DTZ001  (that is the point)
    assert clock.now() == datetime(2026, 1, 5, 20, 40, tzinfo=UTC)
    assert local(clock.now()).hour == 21


def test_a_held_clock_moves_back_but_its_seconds_only_grow() -> None:
    clock = HeldClock(datetime(2026, 1, 5, 21, 40, tzinfo=UTC))
    clock.move_to(clock.now() + timedelta(minutes=1))
    clock.move_to(clock.now() - timedelta(hours=1))
    assert clock.monotonic() == 60


def test_the_demos_clock_runs_on() -> None:
    clock = DemoClock(datetime(2026, 1, 5, 21, 40, tzinfo=UTC))
    assert timedelta() <= clock.now() - datetime(2026, 1, 5, 21, 40, tzinfo=UTC) < timedelta(seconds=5)


def test_both_nights_when_clocks_change_have_every_hour_once_or_somewhere() -> None:
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    assert at_local(spring, time(3, 30)) - at_local(spring, time(1, 30)) == timedelta(hours=1)
    assert at_local(spring, time(2, 30)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert at_local(autumn, time(3, 30)) - at_local(autumn, time(1, 30)) == timedelta(hours=3)


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_a_wall_time_comes_back_unless_it_did_not_exist(wall: datetime) -> None:
    moment = at_local(wall.date(), wall.time())
    back = local(moment).replace(tzinfo=None)
    assert back == wall or back - wall == timedelta(hours=1)


# -- typed text -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["\x1b[2J", "a\x00b", "a\x07", "\x9b31m", "a\x7f", "half \ud83d emoji"])
def test_what_would_act_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="control characters"):
        typed_text(typed)


def test_text_is_kept_as_typed_and_too_much_is_refused_whole() -> None:
    assert typed_text("  [/b] =1+1 '; drop\r\n\tæøå 🙂 ") == "[/b] =1+1 '; drop\n\tæøå 🙂"
    assert len(typed_text("x" * TEXT_LIMIT)) == TEXT_LIMIT
    with pytest.raises(Invalid, match="20001 characters"):
        typed_text("x" * (TEXT_LIMIT + 1))
    with pytest.raises(Invalid, match="Something must be written") as raised:
        typed_text(" \n ", "reason")
    assert raised.value.field == "reason"
    with pytest.raises(Invalid, match="one line"):
        typed_line("a\nb", "name")


@given(st.text())
def test_whatever_is_taken_holds_no_control_character(typed: str) -> None:
    try:
        taken = typed_text(typed, required=False)
    except Invalid:
        return
    assert all(c in "\n\t" or (ord(c) >= 0x20 and not 0x7F <= ord(c) <= 0x9F) for c in taken)
    assert taken == typed.replace("\r\n", "\n").replace("\r", "\n").strip()


def test_nothing_is_observed_in_the_future() -> None:
    now = datetime(2026, 1, 5, 22, tzinfo=UTC)
    assert past_moment(now, now) == now
    with pytest.raises(Invalid, match="future"):
        past_moment(now + timedelta(seconds=1), now)


# -- settings ---------------------------------------------------------------------------------------------------------


def test_settings_come_from_defaults_then_file_then_environment_then_the_command(tmp_path: Path) -> None:
    assert read_settings(tmp_path, {}).language == "nb"
    (tmp_path / "settings.toml").write_text('language = "en"\nidle_lock_minutes = 7\n[alarm]\ncommand = "sms"\n')
    read = read_settings(tmp_path, {"STAFFBASE_THEME": "light", "STAFFBASE_IDLE_LOCK_MINUTES": "9"}, language=None)
    assert (read.language, read.theme, read.idle_lock_minutes, read.alarm_command) == ("en", "light", 9, "sms")
    assert read_settings(tmp_path, {"STAFFBASE_LANGUAGE": "en"}, language="nb").language == "nb"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"language = ", r"^Line 1 of settings\.toml cannot be read\. A setting is written once"),
        (b'theme = "dark"\n\n# so\ndatabase_url == "secret"\n', "^Line 4 of(?!.*secret)"),
        (b'theme = "dark"\ntheme = "light"\n', "^Line 2 of"),
        (b'theme = "dark"\nstation = """base', "^Line 2 of"),
        (b'theme = "dark"\nstation = "\xf8st"\n', r"^Line 2 of settings\.toml .* UTF-8"),
        (b'colour = "blue"', "does not know"),
        (b'theme = "pink"', "one of: dark"),
        (b"language = 3", "one of: nb"),
        (b"idle_lock_minutes = 0", "from 1 to 1440"),
        (b'idle_lock_minutes = "soon"', "from 1 to 1440"),
        (b"idle_lock_minutes = true", "from 1 to 1440"),
    ],
)
def test_settings_that_cannot_be_used_are_one_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "settings.toml").write_bytes(content)
    with pytest.raises(Invalid, match=said):
        read_settings(tmp_path, {})


# -- languages --------------------------------------------------------------------------------------------------------


def test_texts_change_with_the_language() -> None:
    assert i18n._("night watch") == "night watch"
    i18n.use("nb")
    assert i18n._("night watch") == "nattevakt"
    assert i18n.decimal(1.25) == "1,2"
    assert i18n._("") == ""
    assert i18n._("never translated") == "never translated"
    with pytest.raises(ValueError, match="klingon"):
        i18n.use("klingon")


# -- who may do what --------------------------------------------------------------------------------------------------


class _Room:
    @allowed(Permission.PUBLISH_PLAN)
    def publish(self, actor: Actor, version: int) -> int:
        """Publish."""
        return version


@pytest.mark.parametrize("role", Role)
def test_a_service_refuses_by_the_role_table(role: Role) -> None:
    actor = Actor(1, "x", role)
    if Permission.PUBLISH_PLAN in ALLOWED[role]:
        assert _Room().publish(actor, 5) == 5
        return
    with pytest.raises(NotAllowed, match="This can: leader, clinical lead"):
        _Room().publish(actor, 5)


def test_those_who_must_not_see_residents_do_not() -> None:
    for role in (Role.CLERK, Role.MAINTENANCE, Role.SYSTEM, Role.AUDITOR):
        for permission in (Permission.SEE_RESIDENTS, Permission.READ, Permission.WRITE, Permission.ROUND):
            assert permission not in ALLOWED[role]
    with pytest.raises(NotAllowed):
        require(STATION_ITSELF, Permission.READ)


def test_the_night_watch_may_what_staff_may() -> None:
    assert ALLOWED[Role.NIGHT_WATCH] == ALLOWED[Role.STAFF]


def test_every_permission_is_somebodys() -> None:
    assert set().union(*ALLOWED.values()) == set(Permission)
