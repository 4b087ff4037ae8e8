"""Where settings come from, which goes before which, and what a person reads when one is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.config import ConfigError, Loaded, load

posix = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")


def write(file: Path, text: str, mode: int = 0o600) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    file.chmod(mode)
    return file


def refused(folder: Path, toml: str = "", env: dict[str, str] | None = None) -> tuple[str, ...]:
    write(folder / "config.toml", "[mynah]\n" + toml)
    with pytest.raises(ConfigError) as caught:
        load(None, env or {}, folder)
    assert "pydantic" not in str(caught.value) and "validation" not in str(caught.value)
    return caught.value.sentences


def test_without_a_file_everything_has_its_default_and_the_data_is_in_the_users_own_folder(tmp_path: Path) -> None:
    loaded = load(None, {}, tmp_path)
    assert loaded.file is None
    assert loaded.settings.jobs.running == 4
    assert loaded.data.name == "mynah"


def test_the_nearest_file_upward_that_is_mynahs_is_used_and_its_data_lies_beside_it(tmp_path: Path) -> None:
    write(tmp_path / "config.toml", "[mynah]\n[jobs]\nrunning = 7\n")
    write(tmp_path / "a" / "config.toml", "[somebody_else]\n")
    write(tmp_path / "a" / "b" / "config.toml", "this is not = = TOML")
    (tmp_path / "a" / "b" / "c").mkdir()
    loaded = load(None, {}, tmp_path / "a" / "b" / "c")
    assert loaded.file == tmp_path / "config.toml"
    assert loaded.settings.jobs.running == 7
    assert loaded.data == tmp_path / "data"


def test_the_option_goes_before_the_variable_and_the_variable_before_the_search(tmp_path: Path) -> None:
    files = {n: write(tmp_path / n / "config.toml", f"[mynah]\n[jobs]\nrunning = {n}\n") for n in ("1", "2", "3")}
    env = {"MYNAH_CONFIG": str(files["2"])}
    assert load(str(files["1"]), env, tmp_path / "3").settings.jobs.running == 1
    assert load(None, env, tmp_path / "3").settings.jobs.running == 2
    assert load(None, {}, tmp_path / "3").settings.jobs.running == 3


def test_the_environment_goes_before_dotenv_and_dotenv_before_the_file(tmp_path: Path) -> None:
    write(tmp_path / "config.toml", "[mynah]\n[jobs]\nrunning = 1\nper_user = 1\nattempts = 1\n")
    write(tmp_path / ".env", "MYNAH_JOBS__PER_USER=2\nMYNAH_JOBS__ATTEMPTS=2\nPATH_OF_ANOTHER=x\n")
    jobs = load(None, {"MYNAH_JOBS__ATTEMPTS": "3", "mynah_jobs__drain_seconds": "4"}, tmp_path).settings.jobs
    assert (jobs.running, jobs.per_user, jobs.attempts, jobs.drain_seconds) == (1, 2, 3, 4)


def test_an_empty_variable_changes_nothing(tmp_path: Path) -> None:
    assert load(None, {"MYNAH_JOBS__RUNNING": ""}, tmp_path).settings.jobs.running == 4


def test_the_data_folder_can_be_named_in_the_environment_or_in_dotenv(tmp_path: Path) -> None:
    write(tmp_path / "config.toml", "[mynah]\n")
    assert load(None, {"MYNAH_DATA": "elsewhere"}, tmp_path).data == tmp_path / "elsewhere"
    write(tmp_path / ".env", f"MYNAH_DATA={tmp_path / 'there'}\n")
    assert load(None, {}, tmp_path).data == tmp_path / "there"


@pytest.mark.parametrize("given", ["8035, 42", "8035,42,", " 8035 ,42"])
def test_owners_are_a_list_with_commas_in_the_environment(tmp_path: Path, given: str) -> None:
    settings = load(None, {"MYNAH_OWNERS__DISCORD": given, "MYNAH_OWNERS__TELEGRAM": "7"}, tmp_path).settings
    assert settings.owners_of("discord") == ("8035", "42")
    assert settings.owners_of("telegram") == ("7",)
    assert settings.owners_of("matrix") == ()


@pytest.mark.parametrize("given", ["[8035, '42']", "'8035, 42'"])
def test_owners_are_a_list_or_a_text_in_the_file(tmp_path: Path, given: str) -> None:
    write(tmp_path / "config.toml", f"[mynah]\n[owners]\ndiscord = {given}\n")
    assert load(None, {}, tmp_path).settings.owners.discord == ("8035", "42")


def test_a_limit_can_be_unlimited_in_words(tmp_path: Path) -> None:
    assert load(None, {"MYNAH_QUOTA__BYTES": "unlimited"}, tmp_path).settings.quota.bytes == -1


@pytest.mark.parametrize(
    ("toml", "env", "sentence"),
    [
        ("[jobs]\nrunnning = 2", {}, "There is no jobs.runnning ({file}). Did you mean running?"),
        ("running = 2", {}, "There is no mynah.running ({file}). Did you mean jobs.running?"),
        ("[job]", {}, "There is no section [job] ({file}). Did you mean jobs?"),
        ("[cli]", {}, "There is no section [cli] ({file})."),
        ("", {"MYNAH_JOBS__RUNING": "2"}, "There is no setting MYNAH_JOBS__RUNING. Did you mean MYNAH_JOBS__RUNNING"),
        ("", {"MYNAH_DISCORD_TOKEN": "2"}, "Did you mean MYNAH_DISCORD__TOKEN"),
        ("[jobs]\nrunning = 0", {}, "jobs.running in {file} has to be a whole number from 1 to 64, not 0."),
        ("", {"MYNAH_JOBS__RUNNING": "many"}, "MYNAH_JOBS__RUNNING has to be a whole number from 1 to 64, not 'many'."),
        ("[jobs]\nrunning = true", {}, "jobs.running in {file} has to be a whole number from 1 to 64, not true."),
        ("[jobs]\nrunning = 2.5", {}, "has to be a whole number from 1 to 64, not 2.5."),
        ("[quota]\nbytes = -2", {}, "has to be a whole number from 0, or 'unlimited', not -2."),
        ("[terminal]\nplay = 'loud'", {}, "terminal.play in {file} has to be true or false, not 'loud'."),
        ("log = 'paper'", {}, "mynah.log in {file} has to be 'auto', 'stderr' or 'file', not 'paper'."),
        ("[engine]\nname = ['a']", {}, "engine.name in {file} has to be text, not ['a']."),
        ("[owners]\ndiscord = {{}}", {}, "has to be a list of account ids, such as 8035, 8036, not {{}}."),
        ("", {"MYNAH_OWNERS__DISCORD": "abc"}, "MYNAH_OWNERS__DISCORD has to be a list of account ids, such as 8035"),
        ("[owners]\ntelegram = [7, '@ada']", {}, "owners.telegram in {file} has to be a list of account ids"),
        (
            "",
            {"MYNAH_TELEGRAM__BASE_URL": "notaurl"},
            "MYNAH_TELEGRAM__BASE_URL has to be an address that begins with https:// or http://, not 'notaurl'.",
        ),
        ("[discord]\ngateway_url = 'https://a'", {}, "has to be an address that begins with wss:// or ws://, not"),
        ("[web]\npublic_url = 'http://a:b'", {}, "web.public_url in {file} has to be an address that begins with"),
        ("[jobs.running]\na = 1", {}, "jobs.running in {file} has to be a whole number from 1 to 64"),
        ("[web]\nport = 70000", {}, "web.port in {file} has to be a whole number from 0 to 65,535, not 70000."),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_allowed(
    tmp_path: Path, toml: str, env: dict[str, str], sentence: str
) -> None:
    (said,) = refused(tmp_path, toml.format(), env)
    assert sentence.format(file=tmp_path / "config.toml") in said


def test_an_address_is_taken_as_it_is(tmp_path: Path) -> None:
    env = {"MYNAH_TELEGRAM__BASE_URL": "http://localhost:8081/bot", "MYNAH_DISCORD__GATEWAY_URL": "wss://[::1]/?v=10"}
    settings = load(None, env, tmp_path).settings
    assert settings.telegram.base_url == env["MYNAH_TELEGRAM__BASE_URL"]
    assert settings.discord.gateway_url == env["MYNAH_DISCORD__GATEWAY_URL"]


def test_a_key_outside_of_a_section_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "config.toml", "running = 1\n[mynah]\n")
    with pytest.raises(ConfigError, match=r"running in .* stands outside of a section"):
        load(None, {}, tmp_path)


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    said = refused(tmp_path, "log = 1\nlog_level = 2\n[jobs]\nrunning = 0\n[joobs]\n", {"MYNAH_X": "1"})
    assert len(said) == 5


def test_a_named_file_that_is_not_there_or_is_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"There is no file .*gone\.toml"):
        load("gone.toml", {}, tmp_path)
    with pytest.raises(ConfigError, match=r"cannot be read: .*line 2"):
        load(str(write(tmp_path / "config.toml", "[mynah]\n= 1\n")), {}, tmp_path)


def test_a_broken_file_that_looks_like_mynahs_is_not_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "config.toml", "[mynah]\n= 1\n")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(None, {}, tmp_path)


def token(loaded: Loaded) -> str:
    return loaded.settings.discord.token.get_secret_value()


def test_a_token_comes_from_the_environment_or_a_private_file_and_is_never_shown(tmp_path: Path) -> None:
    write(tmp_path / "config.toml", "[mynah]\n[discord]\ntoken_file = 'secret'\n")
    write(tmp_path / "secret", "from-file\n")
    assert token(load(None, {}, tmp_path)) == "from-file"
    write(tmp_path / ".env", "MYNAH_DISCORD__TOKEN=from-dotenv\n")
    assert token(load(None, {}, tmp_path)) == "from-dotenv"
    loaded = load(None, {"MYNAH_DISCORD__TOKEN": "from-env"}, tmp_path)
    assert token(loaded) == "from-env"
    assert loaded.settings.discord.configured and not loaded.settings.telegram.configured
    assert "from-env" not in repr(loaded)


def test_a_token_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    (said,) = refused(tmp_path, "[telegram]\ntoken = 'canary'\n")
    assert "MYNAH_TELEGRAM__TOKEN" in said and "chmod 600" in said and "canary" not in said


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_token_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    write(tmp_path / ".env", "MYNAH_DISCORD__TOKEN=canary\n", mode)
    with pytest.raises(ConfigError, match=r"chmod 600 .*\.env") as caught:
        load(None, {}, tmp_path)
    assert "canary" not in str(caught.value)
    write(tmp_path / ".env", "MYNAH_DISCORD__TOKEN_FILE=secret\n", mode)
    write(tmp_path / "secret", "canary\n", mode)
    with pytest.raises(ConfigError, match=r"chmod 600 .*secret"):
        load(None, {}, tmp_path)


@posix
def test_a_dotenv_without_a_token_may_be_read_by_all(tmp_path: Path) -> None:
    write(tmp_path / ".env", "MYNAH_JOBS__RUNNING=2\n", 0o644)
    assert load(None, {}, tmp_path).settings.jobs.running == 2


def test_a_token_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"MYNAH_DISCORD__TOKEN_FILE names .*nowhere, which is not there"):
        load(None, {"MYNAH_DISCORD__TOKEN_FILE": "nowhere"}, tmp_path)


def test_the_config_file_cannot_be_named_in_dotenv(tmp_path: Path) -> None:
    write(tmp_path / ".env", "MYNAH_CONFIG=other.toml\n")
    with pytest.raises(ConfigError, match="comes too late"):
        load(None, {}, tmp_path)
