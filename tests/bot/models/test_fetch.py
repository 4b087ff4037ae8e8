"""A file comes whole or not at all, goes on where it was cut off, and no server can send what it must not."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.models.errors import BadServer, OtherFile, PullFailed, SourceRefused
from bot.models.fetch import Fetch, Patience
from bot.models.part import Part
from bot.models.source import Source
from engine.catalogue import PublishedFile
from engine.model_manifest import InstalledFile
from tests.fakes.mirror import Fault, Mirror, path_of, serving, tag_of

URL = "https://huggingface.co/coqui/XTTS-v2/resolve/main/model.pth"
PLACE = path_of(URL)
FILE = PublishedFile(path="model.pth", url=URL)
CONTENT = bytes(range(256)) * 1_000
QUICK = Patience(connect=5, read=0.5, window=0.2, least=200_000, tries=3, pause=0.01)


@pytest.fixture
def served() -> Iterator[Mirror]:
    with serving() as mirror:
        mirror.files[PLACE] = CONTENT
        yield mirror


async def fetched(
    mirror: Mirror, tmp_path: Path, file: PublishedFile = FILE, patience: Patience = QUICK
) -> InstalledFile:
    """Fetch a file, with a deadline."""
    fetch = Fetch("xtts_v2", Source.of(mirror.address), patience, lambda coming: None)
    try:
        async with asyncio.timeout(20):
            return await fetch.get(file, Part(tmp_path / file.path, file.url), lambda there: None)
    finally:
        await fetch.close()


def there(tmp_path: Path) -> list[str]:
    return sorted(each.name for each in tmp_path.iterdir())


async def test_a_file_comes_and_its_checksum_is_told(served: Mirror, tmp_path: Path) -> None:
    made = await fetched(served, tmp_path)
    assert (tmp_path / "model.pth").read_bytes() == CONTENT
    assert made == InstalledFile(bytes=len(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest())


async def test_nothing_that_names_anybody_is_sent_along(served: Mirror, tmp_path: Path) -> None:
    served.head[PLACE] = {"Set-Cookie": "who=you"}
    served.faults[PLACE] = [Fault(cut=100_000)]
    await fetched(served, tmp_path)
    sent = {name.lower() for asked in served.asked for name in asked.headers}
    assert len(served.asked) == 2 and not sent & {"cookie", "authorization", "referer"}


async def test_what_was_cut_off_is_gone_on_with(served: Mirror, tmp_path: Path) -> None:
    served.faults[PLACE] = [Fault(cut=100_000), Fault(cut=50_000)]
    await fetched(served, tmp_path)
    assert (tmp_path / "model.pth").read_bytes() == CONTENT
    begun = [asked.headers.get("Range") for asked in served.got(PLACE)]
    assert begun == [None, "bytes=100000-", "bytes=150000-"]
    assert {asked.headers.get("If-Range") for asked in served.got(PLACE)[1:]} == {tag_of(CONTENT)}


async def test_it_is_gone_on_with_at_another_start_too(served: Mirror, tmp_path: Path) -> None:
    served.faults[PLACE] = [Fault(cut=100_000)]
    with pytest.raises(PullFailed, match=r"the connection broke off\. 'mynah models pull xtts_v2' goes on"):
        await fetched(served, tmp_path, patience=replace(QUICK, tries=1))
    assert there(tmp_path) == ["model.pth.note", "model.pth.part"]
    await fetched(served, tmp_path)
    assert (tmp_path / "model.pth").read_bytes() == CONTENT
    assert served.got(PLACE)[-1].headers["Range"] == "bytes=100000-"


async def test_parts_of_two_versions_are_never_put_together(served: Mirror, tmp_path: Path) -> None:
    served.faults[PLACE] = [Fault(cut=100_000)]
    with pytest.raises(PullFailed):
        await fetched(served, tmp_path, patience=replace(QUICK, tries=1))
    served.files[PLACE] = CONTENT[::-1]
    await fetched(served, tmp_path)
    assert (tmp_path / "model.pth").read_bytes() == CONTENT[::-1]


async def test_a_version_that_cannot_be_known_again_comes_anew(served: Mirror, tmp_path: Path) -> None:
    served.weak = True
    served.faults[PLACE] = [Fault(cut=100_000)]
    await fetched(served, tmp_path)
    assert (tmp_path / "model.pth").read_bytes() == CONTENT
    assert [asked.headers.get("Range") for asked in served.got(PLACE)] == [None, None]


@pytest.mark.parametrize("wrong", ["bytes 0-9/256000", "bytes 100000-255999/999999", "nonsense"])
async def test_another_piece_than_was_asked_for_is_not_put_in(served: Mirror, tmp_path: Path, wrong: str) -> None:
    served.faults[PLACE] = [Fault(cut=100_000), Fault(headers={"Content-Range": wrong})]
    await fetched(served, tmp_path)
    assert (tmp_path / "model.pth").read_bytes() == CONTENT


async def test_a_server_that_is_busy_is_asked_again(served: Mirror, tmp_path: Path) -> None:
    served.faults[PLACE] = [Fault(status=503), Fault(status=429)]
    await fetched(served, tmp_path)
    assert (tmp_path / "model.pth").read_bytes() == CONTENT


@pytest.mark.parametrize(("status", "said"), [(404, "it answers 404 Not Found"), (403, "it answers 403 Forbidden")])
async def test_what_is_not_there_is_not_asked_for_again(served: Mirror, tmp_path: Path, status: int, said: str) -> None:
    served.faults[PLACE] = [Fault(status=status)]
    with pytest.raises(PullFailed, match=said):
        await fetched(served, tmp_path)
    assert len(served.got(PLACE)) == 1


async def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    with serving() as gone:
        pass
    with pytest.raises(PullFailed, match=r"127\.0\.0\.1 did not give model\.pth: it cannot be reached"):
        await fetched(gone, tmp_path)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(endless=True), "it sends more than 64 MB"),
        (Fault(unsaid=True), "its end could not be told from an interruption"),
        (Fault(announces=70_000_000), "it is said to have 70 MB, and cannot have more than 64 MB"),
        (Fault(headers={"Content-Encoding": "gzip"}), "packed on its way"),
    ],
)
async def test_what_no_file_can_be_is_cut_and_not_kept(served: Mirror, tmp_path: Path, fault: Fault, said: str) -> None:
    file = PublishedFile(path="config.json", url=URL)
    served.faults[PLACE] = [fault]
    with pytest.raises(BadServer, match=said):
        await fetched(served, tmp_path, file, replace(QUICK, window=20))
    assert (tmp_path / "config.json.part").stat().st_size == 0
    assert not (tmp_path / "config.json").exists()


async def test_more_than_was_announced_is_not_taken(served: Mirror, tmp_path: Path) -> None:
    served.faults[PLACE] = [Fault(announces=1_000)]
    made = await fetched(served, tmp_path)
    assert made.bytes == 1_000 and (tmp_path / "model.pth").read_bytes() == CONTENT[:1_000]


async def test_a_server_that_only_trickles_is_given_up_and_its_part_kept(served: Mirror, tmp_path: Path) -> None:
    served.faults[PLACE] = [Fault(drip=100) for _ in range(3)]
    with pytest.raises(PullFailed, match="it sends too slowly"):
        await fetched(served, tmp_path)
    assert (tmp_path / "model.pth.part").stat().st_size > 0


async def test_a_server_that_falls_silent_is_given_up(served: Mirror, tmp_path: Path) -> None:
    served.faults[PLACE] = [Fault(announces=len(CONTENT) + 1) for _ in range(3)]
    with pytest.raises(PullFailed, match="it stopped sending"):
        await fetched(served, tmp_path, patience=replace(QUICK, window=20))


@pytest.mark.parametrize(
    "place", ["http://10.0.0.1/model.pth", "https://example.org/model.pth", "http://localhost/", "file:///etc/passwd"]
)
async def test_a_redirect_to_elsewhere_is_not_followed(served: Mirror, tmp_path: Path, place: str) -> None:
    served.faults[PLACE] = [Fault(status=302, location=place)]
    with pytest.raises(SourceRefused, match="The server sends on to"):
        await fetched(served, tmp_path)


async def test_another_port_of_this_machine_is_elsewhere(served: Mirror, tmp_path: Path) -> None:
    with serving() as other:
        other.files["/model.pth"] = CONTENT
        served.faults[PLACE] = [Fault(status=302, location=f"{other.address}/model.pth")]
        with pytest.raises(SourceRefused):
            await fetched(served, tmp_path)
        assert not other.asked


async def test_a_redirect_on_the_mirror_itself_is_followed_and_keeps_the_range(served: Mirror, tmp_path: Path) -> None:
    served.files["/store/1"] = CONTENT
    served.faults[PLACE] = [Fault(cut=100_000), Fault(status=302, location="/store/1")]
    await fetched(served, tmp_path)
    assert (tmp_path / "model.pth").read_bytes() == CONTENT
    assert served.got("/store/1")[0].headers["Range"] == "bytes=100000-"


async def test_what_a_publisher_tells_on_the_way_to_its_store_is_heard(served: Mirror, tmp_path: Path) -> None:
    told = hashlib.sha256(CONTENT).hexdigest()
    served.files["/store/1"] = CONTENT[:-1]
    served.moved[PLACE] = "/store/1"
    served.unasked.add("/store/1")
    served.head[PLACE] = {"X-Linked-Size": str(len(CONTENT)), "X-Linked-ETag": f'"{told}"'}
    fetch = Fetch("xtts_v2", Source.of(served.address), QUICK, lambda coming: None)
    assert (await fetch.ask(FILE)).bytes == len(CONTENT)
    served.head[PLACE] = {"X-Linked-ETag": f'"{told}"'}
    assert (await fetch.ask(FILE)).bytes == 0
    await fetch.close()
    with pytest.raises(OtherFile):
        await fetched(served, tmp_path)


async def test_redirects_without_an_end_are_ended(served: Mirror, tmp_path: Path) -> None:
    served.faults[PLACE] = [Fault(status=302, location=PLACE) for _ in range(20)]
    with pytest.raises(BadServer, match="it sends on and on"):
        await fetched(served, tmp_path)


def digests(content: bytes) -> Sequence[tuple[PublishedFile, dict[str, str]]]:
    """Both ways in which a checksum is published: in the list, and by the server."""
    told = hashlib.sha256(content).hexdigest()
    return [(replace(FILE, sha256=told), {}), (FILE, {"X-Linked-ETag": f'"{told}"'})]


@pytest.mark.parametrize("way", [0, 1], ids=["listed", "told by the server"])
async def test_a_file_that_is_not_the_published_one_is_refused_and_leaves_nothing(
    served: Mirror, tmp_path: Path, way: int
) -> None:
    file, served.head[PLACE] = digests(b"something else")[way]
    with pytest.raises(OtherFile, match=r"model\.pth from 127\.0\.0\.1 is not the file that it has to be"):
        await fetched(served, tmp_path, file)
    assert there(tmp_path) == []
    file, served.head[PLACE] = digests(CONTENT)[way]
    await fetched(served, tmp_path, file)
    assert (tmp_path / "model.pth").read_bytes() == CONTENT


async def test_it_is_asked_how_large_a_file_is(served: Mirror, tmp_path: Path) -> None:
    fetch = Fetch("xtts_v2", Source.of(served.address), QUICK, lambda coming: None)
    assert (await fetch.ask(FILE)).bytes == len(CONTENT)
    del served.files[PLACE]
    with pytest.raises(PullFailed):
        await fetch.ask(FILE)
    await fetch.close()
    assert {asked.method for asked in served.asked} == {"HEAD"}
