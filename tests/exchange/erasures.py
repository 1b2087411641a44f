"""What tests of § 43 decisions share: making one, and looking through everything that is left."""

import json
from contextlib import suppress
from typing import Any

from sqlalchemy import text
from sqlmodel import SQLModel

from staffbase.exchange.erasure import DecisionFacts, Erasures
from staffbase.kernel.access import Actor
from staffbase.kernel.database import Database

GONE = "Erased by decision of 05.01.2026 (§ 43)."


def decide(erasures: Erasures, actor: Actor, entry_id: int, **other: str) -> DecisionFacts:
    told = {"responsible": "Journalansvarlig Hansen", "asked_by": "the resident", "reason": "Untrue, and it harms him."}
    return erasures.decide(actor, entry_id, **{**told, **other})


def everything(database: Database) -> str:
    """Every value of every table, whole and with its letters plain: a row shown as text is cut, JSON hides æ, ø and å."""
    with database.read() as tx:
        names = [table.name for table in SQLModel.metadata.sorted_tables if len(table.columns) > 1]
        return "\n".join(
            f"{name}: {plain(value)}"
            for name in (*names, "entry_search")
            for row in tx.run(text(f'SELECT * FROM "{name}"'))
            for value in row
        )


def plain(value: Any) -> str:
    with suppress(ValueError, TypeError):
        return json.dumps(json.loads(value), ensure_ascii=False)
    return str(value)
