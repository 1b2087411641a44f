"""What every service of a house has: the database, and which house it is."""

from staffbase.kernel.database import Database


class HouseService:
    """What staff do with one part of a house. Each public function checks its permission (`access.allowed`)."""

    def __init__(self, database: Database, house_id: int) -> None:
        self.database = database
        self.house_id = house_id
