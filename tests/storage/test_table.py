"""Tables are found in the folder, each once, in one order that never changes."""

from __future__ import annotations

import pytest

from storage.table import Table, tables

NAMES = [
    "users", "identities", "places", "blocks", "models", "recordings", "speakers", "voices", "lexicon", "files",
    "jobs", "deliveries", "drafts", "events", "audit", "limits", "balances", "ledger", "tombstones",
]  # fmt: skip


def test_the_folder_has_every_table_of_the_design() -> None:
    assert {table.name for table in tables()} >= set(NAMES)


def test_no_two_tables_have_one_name_and_no_two_steps_one_number() -> None:
    names = [table.name for table in tables()]
    numbers = [step.number for table in tables() for step in table.steps]
    assert len(names) == len(set(names))
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)
def test_the_first_step_of_a_table_makes_it(table: Table) -> None:
    first = min(table.steps, key=lambda step: step.number)
    assert f"CREATE TABLE {table.name} " in " ".join(first.sql.split())
