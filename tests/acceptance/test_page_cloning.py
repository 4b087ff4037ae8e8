"""A voice made on the page: dropped, looked at, agreed to before the microphone, heard, and taken back.

The microphone is Chromium's own stand-in, which plays a file; in it is what a reader of LibriSpeech has said.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator

import bot.engines
from bench import spoken
from engine.clean import keep
from engine.espeak_engine import EspeakEngine
from engine.speech import Audio
from tests.commands.agreeing import ADA, BOB, BOBS, use_spoken_words
from tests.fakes.browsing import Site, Tab, site
from tests.fakes.learner import Learner

COUNTDOWN = 3.3
"""Seconds after which somebody begins to speak who has pressed the button of a consent: it counts to three first."""


@pytest.fixture(scope="module")
def microphone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that is heard where the page listens; it is read when a recording begins."""
    return tmp_path_factory.mktemp("microphone") / "heard.wav"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A Mynah that draws words which real people have said, and with an engine that learns at once."""
    with pytest.MonkeyPatch.context() as patch:
        use_spoken_words(patch)
        patch.setattr(bot.engines, "engines", lambda: {"espeak": EspeakEngine, "learner": Learner})
        with site(tmp_path_factory.mktemp("cloning"), engine__name="auto") as running:
            yield running


@pytest.fixture(scope="module")
def flags(microphone: Path) -> Sequence[str]:
    fake = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
    return (*fake, f"--use-file-for-fake-audio-capture={microphone}%noloop")


@pytest.fixture
def options() -> Mapping[str, Any]:
    return {"permissions": ["microphone"]}


def read(*numbers: int) -> Audio:
    """What Ada has read; from these no consent is cut."""
    names = [f"{ADA}-142285-000{number}" for number in numbers]
    return Audio(samples=np.concatenate([spoken.utterance(name) for name in names]), rate=spoken.RATE)


def records(place: Locator, button: str, seconds: float) -> None:
    """Press the button, let the microphone hear for a while, and stop."""
    place.get_by_role("button", name=button).click()
    place.locator(".recording .time", has_text=re.compile(r"^\d+:")).wait_for()
    tab_time = place.locator(".recording .time")
    while _seconds(tab_time.inner_text()) < seconds:
        place.page.wait_for_timeout(50)
    place.get_by_role("button", name="Stop").click()
    place.locator(".file-chosen progress").wait_for(state="detached")
    place.locator(".file-chosen").wait_for()


def _seconds(clock: str) -> int:
    minutes, seconds = clock.split(":")
    return 60 * int(minutes) + int(seconds)


def answers_with(tab: Tab, panel: Locator, microphone: Path, speech: Audio) -> Locator:
    """Let somebody say this into the microphone as their consent, and return what is said to it."""
    silence = np.zeros(round(COUNTDOWN * speech.rate), np.float32)
    keep(speech.with_samples(np.concatenate([silence, speech.samples])), microphone)
    records(panel, "Record your answer", speech.seconds + 1)
    return tab.answer_to(panel.get_by_role("button", name="Give this answer").click)


def test_a_voice_is_cloned_with_consent_on_the_page(here: Site, tab: Tab, microphone: Path, tmp_path: Path) -> None:
    recording = tmp_path / "ada.wav"
    keep(read(0, 3, 6), recording)
    tab.page.locator(".composer input[type=file]").set_input_files(recording)
    tab.page.get_by_role("dialog").get_by_role("button", name="/clone").click()
    form = tab.page.get_by_role("dialog")
    form.get_by_role("textbox", name="Name").fill("Ada")
    card = tab.answer_to(form.get_by_role("button", name="Clone").click)
    assert "s of speech" in card.inner_text() and "of 10." in card.inner_text()
    picture = card.get_by_role("img")
    picture.scroll_into_view_if_needed()
    tab.until("document.querySelector('.picture img').naturalWidth > 100")

    asked = tab.answer_to(card.get_by_role("button", name="It is my voice").click)
    panel = asked.get_by_role("region", name="Your consent")
    words = panel.locator(".consent-words li").all_inner_texts()
    assert len(words) == 6
    size = "(each) => parseFloat(getComputedStyle(each).fontSize)"
    assert panel.locator(".consent-words li").first.evaluate(size) >= 24
    assert not tab.violations()

    refused = answers_with(tab, panel, microphone, spoken.said(BOB, BOBS, random.Random(1)))
    assert "does not sound like the person in the recording" in refused.inner_text()
    panel = refused.get_by_role("region", name="Your consent")
    assert panel.locator(".consent-words li").all_inner_texts() == words
    granted = answers_with(tab, panel, microphone, spoken.said(ADA, words, random.Random(" ".join(words))))
    assert "Thank you." in granted.inner_text(), granted.inner_text()

    built = tab.answer_to(granted.get_by_role("button", name="Build Ada").click)
    assert "Ada is ready" in built.inner_text()
    heard = tab.says("/speak voice=Ada Good morning.")
    assert heard.locator("audio").count() == 1
    view = tab.goes_to("voices")
    assert "yours" in view.locator("li.voice", has_text="Ada").first.inner_text()
    tab.goes_to("chat")
    sure = tab.says("/revoke voice=Ada")
    gone = tab.answer_to(sure.get_by_role("button", name="Take it back").click)
    assert "Ada is gone" in gone.inner_text()


def test_what_the_microphone_hears_becomes_a_recording(tab: Tab, microphone: Path) -> None:
    keep(read(0), microphone)
    tab.page.get_by_role("button", name="Record with the microphone").click()
    recorder = tab.page.locator(".composer .recorder")
    tab.until("document.querySelectorAll('.composer .meter i.on').length > 3")
    tab.until("Number(document.querySelector('.composer .time').textContent.split(':')[1]) >= 1")
    recorder.get_by_role("button").click()
    offered = tab.page.get_by_role("dialog")
    assert "recording.webm" in offered.inner_text()
    offered.get_by_role("button", name="/clone").click()
    form = tab.page.get_by_role("dialog")
    form.locator(".file-chosen progress").wait_for(state="detached")
    tab.until("document.querySelector('audio.own').readyState > 0")
    form.get_by_role("textbox", name="Name").fill("Short")
    told = tab.answer_to(form.get_by_role("button", name="Clone").click)
    assert "8 s is the least" in told.inner_text() or "s of speech" in told.inner_text()


def test_a_voice_whose_name_is_a_script_is_only_text(here: Site, tab: Tab, tmp_path: Path) -> None:
    recording = tmp_path / "ada.wav"
    keep(read(3, 6), recording)
    name = "<b onclick=alert(1)>x</b>"
    card = tab.says(f'/clone name="{name}"')
    card.locator("input[type=file]").set_input_files(recording)
    card.locator(".file-chosen progress").wait_for(state="detached")
    told = tab.answer_to(card.get_by_role("button", name="Go on").click)
    assert tab.page.locator("main b").count() == 0
    assert name in tab.page.locator("li.from-you").last.inner_text() or name in told.inner_text()
