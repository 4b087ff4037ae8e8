"""What is said of a licence is what it asks of whoever uses the speech."""

from __future__ import annotations

import pytest

from engine.licence import CPML, is_commercial, terms


@pytest.mark.parametrize("licence", [CPML, f"MPL-2.0 AND {CPML}", "CC-BY-NC-4.0", "cc-by-nc-sa-4.0"])
def test_what_forbids_commerce_is_said_so(licence: str) -> None:
    assert not is_commercial(licence)
    assert terms(licence).endswith(": not for commercial use")


@pytest.mark.parametrize("licence", ["", "MIT", "MPL-2.0", "CC-BY-4.0", "MIT AND GPL-3.0-or-later", "Apache-2.0"])
def test_what_asks_nothing_of_who_uses_the_speech_is_not_spoken_of(licence: str) -> None:
    assert is_commercial(licence)
    assert terms(licence) == ""


def test_the_licence_of_xtts_has_its_name() -> None:
    assert terms(f"MPL-2.0 AND {CPML}") == "Coqui Public Model License: not for commercial use"
