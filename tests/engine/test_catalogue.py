"""Every model that can be had has a name for a folder, files with https addresses, and a licence."""

from __future__ import annotations

import re

import pytest

from engine.catalogue import Published, PublishedFile, licences, published

MODELS = list(published().values())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_model_is_whole(model: Published) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]*", model.name)
    assert model.family in ("xtts", "vits") and model.languages and model.licence and model.files
    assert all(tag == tag.lower() for tag in model.languages)
    for file in model.files:
        assert re.fullmatch(r"[\w][\w.-]*", file.path) and file.url.startswith("https://")
        assert file.sha256 == "" or re.fullmatch(r"[0-9a-f]{64}", file.sha256)


def test_names_and_addresses_are_unique_even_where_letters_have_no_case() -> None:
    urls = [file.url for model in MODELS for file in model.files]
    assert len({model.name.lower() for model in MODELS}) == len(MODELS) and len(set(urls)) == len(urls)


def test_xtts_asks_for_a_licence_and_clones() -> None:
    xtts = published()["xtts_v2"]
    licence = licences()[xtts.licence]
    assert xtts.clones and licence.word == "cpml" and "non-commercial" in licence.says
    assert {file.path for file in xtts.files} == {"model.pth", "config.json", "vocab.json", "speakers_xtts.pth"}
    assert not any(model.clones for model in MODELS if model.family == "vits")


def test_texts_may_be_small_only_and_archives_are_known_by_their_name() -> None:
    text, weights, archive = (
        PublishedFile(path=path, url="https://a") for path in ("config.json", "model.pth", "model.zip")
    )
    assert text.most < weights.most == archive.most
    assert [file.is_archive for file in (text, weights, archive)] == [False, False, True]
