"""A short campaign, so that the command works and the confinement holds; the long one is run by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz import worker
from tests.fuzz.campaign import OFTEN, Campaign
from tests.fuzz.mutations import mutant, seeds
from tests.fuzz.worker import FAILED, NOT_FINITE, OUTCOMES, TAKEN, outcome

INPUTS = 400


@pytest.mark.parametrize("number", range(len(seeds())))
def test_every_file_is_taken_before_anything_happens_to_it(number: int) -> None:
    assert outcome(seeds()[number]) == TAKEN


def test_a_file_is_named_by_its_numbers_alone() -> None:
    files = seeds()
    some = [mutant(files, 1, number) for number in range(50)]
    assert some == [mutant(files, 1, number) for number in range(50)]
    assert len(set(some)) > 45
    assert some != [mutant(files, 2, number) for number in range(50)]


def test_a_short_campaign_finds_nothing_wrong_and_goes_on_where_it_was(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    begun = Campaign(state, seed=7)
    begun.run(INPUTS // 2)
    campaign = Campaign(state)
    campaign.run(INPUTS)
    assert campaign.seed == 7
    assert campaign.outcomes.total() == INPUTS
    assert campaign.wrong == 0, campaign.report()
    assert campaign.outcomes[FAILED] == 0, campaign.report()
    assert campaign.outcomes[TAKEN] > INPUTS // 10
    assert len([name for name in campaign.outcomes if name in OUTCOMES[3:]]) > 2
    through = {name: count for name, count in campaign.through_intake.items() if not name.startswith("crash")}
    assert sum(through.values()) == INPUTS // OFTEN


def test_a_worker_that_crashes_is_counted_and_replaced() -> None:
    campaign = Campaign(seed=7)
    try:
        campaign._started().kill()
        assert campaign._ask(10, 10)[-1] == "crash: 9"
        assert list(campaign._ask(10, 5)) == [outcome(mutant(seeds(), 7, number)) for number in range(10, 15)]
    finally:
        campaign._stop()


def test_samples_that_are_no_numbers_and_other_errors_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = Campaign()
    for answer in (NOT_FINITE, "hang", FAILED):
        campaign._count(campaign.through_intake, answer, 5)
    assert campaign.wrong == 3
    assert campaign.remarkable == {NOT_FINITE: [5], "hang": [5], FAILED: [5]}
    monkeypatch.setattr(worker, "recognise", lambda head: 1 / 0)
    assert outcome(b"RIFF") == FAILED
