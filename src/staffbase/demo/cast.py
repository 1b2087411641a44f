"""Who acts in the played house: people and residents by the names the plot uses."""

from datetime import datetime
from functools import cached_property

from staffbase.kernel.access import STATION_ITSELF, Actor
from staffbase.kernel.errors import NotFound
from staffbase.kernel.i18n import _
from staffbase.station import Station


class Cast:
    """The station as the plot speaks of it."""

    def __init__(self, station: Station, upto: datetime, *, visited: bool = False) -> None:
        self.station = station
        self.upto = upto
        """The moment the house is opened at."""
        self.visited = visited
        """Somebody has used the house since the plot was last played."""
        self._walk_id: int | None = None

    @cached_property
    def _people(self) -> dict[str, Actor]:
        people = self.station.people.directory(STATION_ITSELF)
        return {person.name: Actor(person.id, person.name, person.role) for person in people}

    def actor(self, name: str) -> Actor:
        """The person of this name. Raises NotFound when a visitor renamed or removed them."""
        if name not in self._people:
            raise NotFound(_("It is not there any more."))
        return self._people[name]

    def person(self, name: str | None) -> int | None:
        """The person's key."""
        return None if name is None else self.actor(name).person_id

    @cached_property
    def _residents(self) -> dict[str, int]:
        doors = self.station.residents.doors(self.actor("Ingrid"))
        return {door.code: door.resident.id for door in doors if door.resident is not None}

    def resident(self, unit: str) -> int:
        """Who lives in the unit now. Raises NotFound when it is vacant."""
        if unit not in self._residents:
            raise NotFound(_("It is not there any more."))
        return self._residents[unit]

    def somebody_moved(self) -> None:
        """Look again who lives where."""
        self.__dict__.pop("_residents", None)

    def about(self, unit: str | None) -> int | None:
        """Whom a note is about; None for the house."""
        return None if unit is None else self.resident(unit)

    def unit(self, code: str) -> int:
        """The unit's key."""
        return self._units[code]

    @cached_property
    def _units(self) -> dict[str, int]:
        return {unit.code: unit.id for unit in self.station.residents.units(STATION_ITSELF)}

    def by_key(self, person_id: int) -> Actor:
        """The person with this key."""
        return next(actor for actor in self._people.values() if actor.person_id == person_id)

    def walk_id(self, actor: Actor) -> int:
        """The walk that is not signed yet, looked up once a walk. Raises NotFound when a visitor has finished it."""
        if self._walk_id is None:
            walk = self.station.rounds.sheet(actor).walk
            if walk is None or walk.signed_at is not None:
                raise NotFound(_("It is not there any more."))
            self._walk_id = walk.id
        return self._walk_id

    def walk_begins(self, walk_id: int) -> None:
        """This walk is entered from now on."""
        self._walk_id = walk_id
