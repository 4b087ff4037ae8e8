"""What the licences of weights ask of whoever uses the speech that was made with them."""

from __future__ import annotations

import re

CPML = "LicenseRef-CPML"
"""The Coqui Public Model License, under which XTTS-v2 is published, as SPDX expressions name it."""

_NAMES = {CPML: "Coqui Public Model License"}
"""What licences are called that SPDX has no name for."""
_NOT_FOR_COMMERCE = re.compile(rf"{CPML}|-NC\b", re.IGNORECASE)


def is_commercial(licence: str) -> bool:
    """Whether speech that was made under a licence, an SPDX expression, may be used for commercial purposes."""
    return not _NOT_FOR_COMMERCE.search(licence)


def terms(licence: str) -> str:
    """Say what a licence, an SPDX expression, asks of whoever uses the speech; empty where it asks nothing of them."""
    if is_commercial(licence):
        return ""
    name = next((name for mark, name in _NAMES.items() if mark in licence), licence)
    return f"{name}: not for commercial use"
