"""This room is tested on both databases."""

import pytest

from staffbase.kernel.database import Database


@pytest.fixture
def database(either: Database) -> Database:
    return either
