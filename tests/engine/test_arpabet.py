# ruff: noqa: RUF001  # letters and sounds of many scripts are what it is about

from __future__ import annotations

import pytest

from engine.arpabet import TO_IPA, from_ipa


def test_every_phone_is_what_its_ipa_says() -> None:
    assert len(TO_IPA) == 39
    for phone, ipa in TO_IPA.items():
        assert from_ipa(ipa) == (phone,)


@pytest.mark.parametrize(
    ("ipa", "phones"),
    [
        ("ˈkwɪkli", "K W IH K L IY"),
        ("fˈaɪɚ", "F AY ER"),
        ("lˈɪɾəl", "L IH T AH L"),
        ("ˌiːlˈɑːnɡ", "IY L AA N G"),
        ("xɬʲ̃", "K L"),
        ("", ""),
        ("?! 5", ""),
    ],
)
def test_what_espeak_says_becomes_phones(ipa: str, phones: str) -> None:
    assert from_ipa(ipa) == tuple(phones.split())
