"""Files come from their publishers, or from the mirror that the host names, and from nowhere else."""

from __future__ import annotations

import httpx
import pytest

from bot.models.errors import SourceRefused
from bot.models.source import Source, is_loopback
from engine.catalogue import Published, published

URL = "https://huggingface.co/coqui/XTTS-v2/resolve/main/model.pth"


def test_without_a_mirror_a_file_comes_from_where_it_is_published() -> None:
    assert str(Source.of("").address(URL)) == URL


@pytest.mark.parametrize(
    ("mirror", "address"),
    [
        ("https://hf-mirror.com", "https://hf-mirror.com/coqui/XTTS-v2/resolve/main/model.pth"),
        (
            "https://files.example.org:8443/tts/",
            "https://files.example.org:8443/tts/coqui/XTTS-v2/resolve/main/model.pth",
        ),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/coqui/XTTS-v2/resolve/main/model.pth"),
        ("http://[::1]:8000", "http://[::1]:8000/coqui/XTTS-v2/resolve/main/model.pth"),
    ],
)
def test_a_mirror_has_a_file_under_the_same_path(mirror: str, address: str) -> None:
    assert str(Source.of(mirror).address(URL)) == address


@pytest.mark.parametrize(
    ("mirror", "said"),
    [
        ("http://files.example.org", "begins with https://"),
        ("http://127.0.0.1.example.org", "begins with https://"),
        ("ftp://files.example.org", "begins with https://"),
        ("files.example.org", "begins with https://"),
        ("https://", "begins with https://"),
        ("https://me:secret@files.example.org", "no password"),
        ("https://files.example.org/?token=1", "no password"),
        ("https://files.example.org:port", "is no address"),
    ],
)
def test_a_mirror_that_cannot_be_one_is_refused_without_repeating_a_password(mirror: str, said: str) -> None:
    with pytest.raises(SourceRefused, match=said) as refused:
        Source.of(mirror)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("model", published().values(), ids=lambda model: model.name)
def test_every_published_address_is_one_of_a_publisher(model: Published) -> None:
    for file in model.files:
        Source().check(httpx.URL(file.url))
        assert file.url.startswith("https://")


@pytest.mark.parametrize(
    "url",
    [
        "https://cas-bridge.xethub.hf.co/xet-bridge-us/1?X-Amz-Signature=2",
        "https://cdn-lfs.huggingface.co/repos/1",
        "https://release-assets.githubusercontent.com/github-production-release-asset/1",
    ],
)
def test_the_stores_behind_the_publishers_are_theirs(url: str) -> None:
    source = Source.of("https://hf-mirror.com")
    source.check(httpx.URL(url))
    assert not source.is_here


@pytest.mark.parametrize(
    "url",
    [
        "http://huggingface.co/model.pth",
        "https://huggingface.co:8443/model.pth",
        "https://huggingface.co.example.org/model.pth",
        "https://nothuggingface.co/model.pth",
        "https://me@huggingface.co/model.pth",
        "https://hf.co.example.org/model.pth",
        "http://127.0.0.1/model.pth",
        "http://169.254.169.254/latest/meta-data",
    ],
)
def test_every_other_address_is_refused(url: str) -> None:
    for mirror in ("", "https://hf-mirror.com", "http://127.0.0.1:8000"):
        with pytest.raises(SourceRefused, match="sends on to"):
            Source.of(mirror).check(httpx.URL(url))


def test_only_a_mirror_on_this_machine_needs_no_proxy() -> None:
    assert Source.of("http://localhost:1").is_here and not Source.of("").is_here
    assert [is_loopback(host) for host in ("127.8.9.1", "::1", "localhost", "10.0.0.1", "example.org")] == [
        *(True, True, True),
        *(False, False),
    ]
