"""`mynah models`: a licence is accepted by its name or not at all, and what a person reads says what to do next."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.cli_adapter import streams
from bot.cli_adapter.main import main
from bot.models import shelf
from bot.models.remembered import Remembered
from engine.catalogue import licences, published
from engine.model_manifest import MANIFEST, read_manifest
from storage.folder import Folder
from tests.fakes.mirror import Mirror, serving, xtts_files

Said = Callable[..., tuple[int, str, str]]
"""Types words behind `mynah`; returns the exit status and what was written to standard output and error."""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, value in {"MYNAH_DATA": str(tmp_path / "data"), "MYNAH_FILES__LEAST_FREE_MB": "0"}.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "data"


@pytest.fixture
def mirror(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """A mirror that has a small XTTS, and is set."""
    with serving() as served:
        served.publish(published()["xtts_v2"], xtts_files())
        monkeypatch.setenv("MYNAH_MODELS__MIRROR", served.address)
        yield served


@pytest.fixture
def mynah(mirror: Mirror, capsys: pytest.CaptureFixture[str]) -> Said:
    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(list(words))
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Somebody who sits at the terminal and types a line."""

    def types(line: str) -> None:
        monkeypatch.setattr(streams, "is_terminal", lambda: True)
        monkeypatch.setattr("sys.stdin", io.StringIO(line))

    return types


def test_without_its_licence_accepted_nothing_is_fetched(mynah: Said, mirror: Mirror, data: Path) -> None:
    status, out, err = mynah("models", "pull", "xtts_v2")
    licence = licences()["LicenseRef-CPML"]
    assert (status, out) == (1, "") and licence.says in err and licence.address in err
    assert err.strip().endswith("To accept it, add: --accept-license cpml")
    assert json.loads(mynah("models", "pull", "xtts_v2", "--json")[1])["error"] == "LicenceNotAccepted"
    assert not mirror.asked and not (data / "models" / "xtts_v2").exists()


@pytest.mark.parametrize("named", ["yes", "mit", "CPML2"])
def test_another_word_does_not_accept_it(mynah: Said, mirror: Mirror, named: str) -> None:
    status, _, err = mynah("models", "pull", "xtts_v2", "--accept-license", named)
    assert status == 1 and "is accepted as cpml" in err and not mirror.asked


def test_it_is_accepted_by_name_remembered_and_asked_no_second_time(mynah: Said, data: Path) -> None:
    status, out, err = mynah("models", "pull", "xtts_v2", "--accept-license", "CPML")
    assert (status, err) == (0, "") and out.startswith("xtts_v2 is here: ")
    accepted = Remembered(data / "models").accepted("LicenseRef-CPML")
    noted = read_manifest(data / "models" / "xtts_v2")
    assert accepted and noted and noted.accepted == accepted
    assert f"Its licence was accepted on {accepted[:10]}." in out
    assert mynah("models", "remove", "xtts_v2", "--yes")[0] == 0
    assert mynah("models", "pull", "xtts_v2")[0] == 0
    assert "COQUI_TOS_AGREED" not in os.environ


def test_on_a_terminal_it_is_shown_and_asked(mynah: Said, person: Callable[[str], None], mirror: Mirror) -> None:
    for answer in ("", "\n", "y\n", "yes\n"):
        person(answer)
        status, out, err = mynah("models", "pull", "xtts_v2")
        assert status == 1 and "Type 'cpml' if you have read and accept it" in out and not mirror.asked
        assert "was not accepted" in err or "is accepted as cpml" in err
    person("cpml\n")
    assert mynah("models", "pull", "xtts_v2")[0] == 0 and mirror.asked


def test_a_model_that_is_there_without_its_licence_is_wrong_until_it_is_accepted(mynah: Said, data: Path) -> None:
    mynah("models", "pull", "xtts_v2", "--accept-license", "cpml")
    file = data / "models" / "xtts_v2" / MANIFEST
    file.write_text(json.dumps({**json.loads(file.read_text()), "accepted": None}))
    (row, *_) = json.loads(mynah("models", "--json")[1])["items"]
    assert row["state"] == "wrong" and "Nobody has accepted" in row["wrong"]
    status, out, _ = mynah("models", "pull", "xtts_v2")
    assert status == 0 and out.startswith("xtts_v2 is here already, whole. Its licence was accepted on")
    assert json.loads(mynah("models", "--json")[1])["items"][0]["state"] == "installed"


def test_a_program_is_told_what_came(mynah: Said, data: Path, mirror: Mirror) -> None:
    status, out, _ = mynah("models", "pull", "xtts_v2", "--accept-license", "cpml", "--json")
    told = json.loads(out)
    assert status == 0 and told["brought"] and told["folder"] == str(data / "models" / "xtts_v2")
    assert (told["model"], told["licence"]) == ("xtts_v2", "LicenseRef-CPML") and told["accepted"]
    assert not json.loads(mynah("models", "pull", "xtts_v2", "--json")[1])["brought"]
    items = json.loads(mynah("models", "list", "--json")[1])["items"]
    assert {item["name"] for item in items} == set(published())
    assert (items[0]["name"], items[0]["state"], items[0]["used"]) == ("xtts_v2", "installed", False)


def test_another_mirror_may_be_named_and_a_wrong_one_is_refused(mynah: Said, mirror: Mirror) -> None:
    with serving() as other:
        other.publish(published()["xtts_v2"], xtts_files())
        words = ("models", "pull", "xtts_v2", "--accept-license", "cpml", "--mirror", other.address)
        assert mynah(*words)[0] == 0 and other.asked and not mirror.asked
    status, _, err = mynah("models", "pull", "xtts_v2", "--mirror", "http://example.org")
    assert status == 1 and "begins with https://" in err


def test_what_is_not_known_is_answered_with_the_nearest(mynah: Said) -> None:
    assert "There is no model 'xtts_v3'. Did you mean xtts_v2?" in mynah("models", "pull", "xtts_v3")[2]
    assert "'mynah models' shows what there is." in mynah("models", "pull", "../../etc")[2]
    assert "xtts_v2 is not here; 'mynah models pull xtts_v2' brings it." in mynah("models", "check", "xtts_v2")[2]
    assert "There is no model 'ada'." in mynah("models", "remove", "ada", "--yes")[2]


def test_the_list_is_read_by_people(mynah: Said, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mynah("models", "pull", "xtts_v2", "--accept-license", "cpml")
    own = data / "models" / "mine"
    own.mkdir()
    (own / "model.pth").write_bytes(b"0")
    monkeypatch.setattr(shelf, "NEEDED", ())
    lines = mynah("models")[1].splitlines()
    assert lines[0].split()[0] == "mine" and lines[0].endswith("here, but wrong")
    assert (
        "clones" in lines[1] and "LicenseRef-CPML, accepted 20" in lines[1] and lines[1].endswith("here, spoken with")
    )
    assert any(line.startswith("mine: ") and "lacks config.json" in line for line in lines)
    held = Folder.take(data)
    try:
        assert mynah("models")[1].splitlines()[1].endswith("in use")
        os.utime(data / "mynah.lock", ns=(0, 0))
        assert mynah("models")[1].splitlines()[1].endswith("here, spoken with after a restart of Mynah")
        (told,) = [each for each in json.loads(mynah("models", "--json")[1])["items"] if each["name"] == "xtts_v2"]
        assert not told["used"]
        assert mynah("models", "pull", "xtts_v2")[1].endswith("Mynah is running; restart it, and it speaks with it.\n")
    finally:
        held.release()


def test_removing_asks_first(mynah: Said, person: Callable[[str], None], data: Path) -> None:
    mynah("models", "pull", "xtts_v2", "--accept-license", "cpml")
    folder = data / "models" / "xtts_v2"
    status, _, err = mynah("models", "remove", "xtts_v2")
    assert status == 2 and "add: --yes" in err and folder.is_dir()
    person("no\n")
    status, out, err = mynah("models", "remove", "xtts_v2")
    assert status == 1 and "goes from disk. Type 'yes'" in out and "Nothing was removed." in err and folder.is_dir()
    person("yes\n")
    status, out, _ = mynah("models", "remove", "xtts_v2")
    assert status == 0 and out.splitlines()[-1].startswith("xtts_v2 is gone; ") and not folder.exists()


def test_checking_finds_what_was_changed(mynah: Said, data: Path) -> None:
    mynah("models", "pull", "xtts_v2", "--accept-license", "cpml")
    assert mynah("models", "check", "xtts_v2")[1] == "xtts_v2 is as it came.\n"
    vocabulary = data / "models" / "xtts_v2" / "vocab.json"
    vocabulary.write_bytes(vocabulary.read_bytes()[::-1])
    status, _, err = mynah("models", "check", "xtts_v2")
    assert status == 1 and err.startswith("xtts_v2 is not as it came: vocab.json. 'mynah models pull xtts_v2'")
    (data / "models" / "xtts_v2" / MANIFEST).unlink()
    assert "of which nobody has noted checksums" in mynah("models", "check", "xtts_v2")[1]
