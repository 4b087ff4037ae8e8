"""The page as somebody uses it: writing, hearing, stopping, coming back. A real Chromium, Mynah and voice."""

from __future__ import annotations

import re
import wave
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator

from tests.fakes.browsing import Site, Tab

SENTENCE = "The mynah listens, and says it all again."
PHONE = {"width": 360, "height": 740}
PLAYED = "(audio) => audio.currentTime"


def sound_of(answer: Locator) -> Locator:
    """The sound of an answer, once the browser knows how long it is."""
    audio = answer.locator("audio")
    audio.evaluate("(audio) => audio.readyState || new Promise((go) => (audio.onloadedmetadata = go))")
    return audio


def test_a_link_lets_one_in_once_and_leaves_no_key_behind(here: Site, browser: Browser) -> None:
    link = here.link()
    first, second = (Tab(browser.new_context(), here.url) for _ in range(2))
    first.page.goto(link)
    first.composer.wait_for()
    assert "key" not in first.page.url
    assert not any(each["httpOnly"] is False for each in first.page.context.cookies())
    second.page.goto(link)
    second.page.locator("main.gate").wait_for()
    assert "key" not in second.page.url
    assert second.page.locator(".trouble").inner_text()
    first.close()
    second.close()


def test_what_is_written_is_heard_and_its_length_is_the_files(here: Site, tab: Tab) -> None:
    answer = tab.says(SENTENCE)
    shown = sound_of(answer).evaluate("(audio) => audio.duration")
    (file,) = (here.paged.mynah.folder / "generations").glob("*.wav")
    with wave.open(str(file)) as sound:
        assert shown == pytest.approx(sound.getnframes() / sound.getframerate(), abs=0.001)
    answer.get_by_role("button", name=re.compile("^Play")).click()
    tab.until("document.querySelector('audio').currentTime > 0.2")
    answer.get_by_role("button", name=re.compile("^Pause")).click()
    assert answer.locator("audio").evaluate("(audio) => audio.paused")
    answer.get_by_role("button", name=re.compile("^Play")).click()
    answer.get_by_role("button", name=re.compile("^Pause")).wait_for()
    tab.page.keyboard.press("Escape")
    assert answer.locator("audio").evaluate("(audio) => audio.paused")


def test_the_word_that_is_said_lights_up(tab: Tab) -> None:
    answer = tab.says(SENTENCE)
    words = answer.locator(".spoken span")
    words.first.wait_for()
    assert [each.strip(",.") for each in words.all_inner_texts()] == SENTENCE.replace(",", "").rstrip(".").split()
    times = tab.page.evaluate(
        "async (src) => (await (await fetch(src.replace('/audio', '') + '/info')).json()).words.map((w) => w.start)",
        answer.locator("audio").get_attribute("src"),
    )
    for at in (1, 4, 6):
        sound_of(answer).evaluate("(audio, at) => (audio.currentTime = at)", times[at] + 0.02)
        answer.locator(".seek").focus()
        tab.page.keyboard.press("Space")
        lit = answer.locator(".spoken span.lit")
        lit.wait_for()
        assert lit.inner_text() in words.all_inner_texts()[at : at + 2]
        tab.page.keyboard.press("Space")
    words.nth(2).click()
    assert answer.locator("audio").evaluate(PLAYED) == pytest.approx(times[2], abs=0.05)


def test_a_waveform_is_sought_through_by_click_and_keys(tab: Tab) -> None:
    answer = tab.says(SENTENCE)
    audio, slider = sound_of(answer), answer.get_by_role("slider")
    length = audio.evaluate("(audio) => audio.duration")
    box = slider.bounding_box()
    assert box is not None
    slider.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    assert audio.evaluate(PLAYED) == pytest.approx(length / 2, rel=0.05)
    slider.press("ArrowLeft")
    assert audio.evaluate(PLAYED) == pytest.approx(length / 2 - 1, rel=0.1)
    slider.press("Home")
    assert audio.evaluate(PLAYED) == 0
    slider.press("End")
    assert audio.evaluate(PLAYED) == pytest.approx(length, abs=0.01)
    assert slider.get_attribute("aria-valuetext") == f"0:{int(length):02d} of 0:{round(length):02d}"


def test_it_can_be_had_in_every_format_and_with_subtitles(tab: Tab) -> None:
    answer = tab.says(SENTENCE)
    answer.get_by_text("Download").click()
    links = answer.locator(".menu-list a")
    assert links.all_inner_texts() == [
        *("WAV", "MP3", "FLAC", "Opus (Ogg)", "M4A (AAC)"),
        *("Subtitles, SRT", "Subtitles, VTT"),
    ]
    heads = {}
    for name, link in zip(links.all_inner_texts(), links.all(), strict=True):
        got = tab.page.request.get(f"{tab.url}{link.get_attribute('href')}")
        assert got.ok, name
        heads[name] = got.body()[:8]
    assert heads["WAV"].startswith(b"RIFF") and heads["FLAC"].startswith(b"fLaC") and heads["Opus (Ogg)"][:4] == b"OggS"
    assert heads["M4A (AAC)"][4:8] == b"ftyp" and heads["Subtitles, VTT"].startswith(b"WEBVTT")


def test_a_long_text_shows_how_far_it_is_and_can_be_stopped(tab: Tab) -> None:
    tab.composer.fill(" ".join(f"This is sentence number {n}, and it is not the last of them." for n in range(3000)))
    tab.composer.press("Enter")
    ticket = tab.page.locator(".ticket:not(.over)")
    ticket.wait_for()
    tab.until("document.querySelector('.ticket progress').value > 0.001")
    tab.page.locator(".ticket-words", has_text="ready in about").wait_for()
    ticket.get_by_role("button", name="Cancel").click()
    over = tab.page.locator(".ticket.over")
    over.wait_for()
    assert "Cancelled; it costs nothing." in over.inner_text()
    tab.page.reload()
    tab.page.get_by_text("Cancelled; it costs nothing.").wait_for()


def test_what_goes_wrong_is_said_where_it_was_asked(tab: Tab) -> None:
    answer = tab.says("/speak voice=nobody-here Hello")
    assert "failed" in (answer.get_attribute("class") or "")
    assert "nobody-here" in answer.inner_text()
    tab.page.keyboard.press("Control+k")
    tab.page.get_by_role("searchbox").fill("clone")
    tab.page.keyboard.press("Enter")
    form = tab.page.get_by_role("dialog")
    form.get_by_role("button", name="Clone").click()
    field = form.locator('[data-param="name"]')
    assert "This is needed." in field.inner_text()
    assert field.locator("input").get_attribute("aria-invalid") == "true"


def test_what_could_not_be_sent_is_not_lost(here: Site, browser: Browser) -> None:
    tab = here.enter(browser)
    tab.page.route("**/api/page/ask", lambda route: route.abort())
    tab.composer.fill(SENTENCE)
    tab.composer.press("Enter")
    tab.page.locator(".composer > .trouble:not([hidden])").wait_for()
    assert tab.composer.input_value() == SENTENCE
    assert "does not answer" in tab.page.locator(".composer > .trouble").inner_text()
    tab.close()


def test_a_lost_connection_is_seen_and_what_was_missed_comes(here: Site, browser: Browser) -> None:
    tab, other = here.enter(browser), here.enter(browser)
    tab.page.context.set_offline(True)
    tab.page.locator(".connection.lost").wait_for()
    other.says("This was said meanwhile.")
    tab.page.context.set_offline(False)
    tab.page.locator(".spoken", has_text="This was said meanwhile.").wait_for()
    assert tab.page.locator(".connection").inner_text() == "Connected"
    tab.close()
    other.close()


def test_a_line_is_completed_by_keys_alone(tab: Tab) -> None:
    tab.composer.press_sequentially("/spe")
    tab.page.get_by_role("option", name="/speak").wait_for()
    tab.page.keyboard.press("Tab")
    assert tab.composer.input_value() == "/speak "
    tab.composer.press_sequentially("voi")
    tab.page.get_by_role("option", name=re.compile("^voice=")).wait_for()
    tab.page.keyboard.press("Tab")
    tab.composer.press_sequentially("en-u")
    tab.page.locator(".option", has_text="en-us").first.wait_for()
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("Enter")
    assert re.fullmatch(r"/speak voice=en-us\S* ", tab.composer.input_value())
    tab.composer.press_sequentially("Hello spe")
    assert tab.page.locator(".option").count() == 0
    answer = tab.answer_to(lambda: tab.page.keyboard.press("Enter"))
    assert answer.locator("audio").count() == 1
    assert "Hello spe" in answer.inner_text()


def test_everything_can_be_done_without_a_mouse(tab: Tab) -> None:
    tab.says(SENTENCE)
    tab.page.keyboard.press("Control+k")
    tab.page.get_by_role("searchbox").wait_for()
    tab.page.keyboard.type("about")
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("Enter")
    tab.page.locator("li.from-mynah", has_text="Mynah 0.1.0").first.wait_for()
    tab.page.keyboard.press("Alt+2")
    tab.page.locator("li.voice").first.wait_for()
    tab.page.locator("li.voice").first.focus()
    tab.page.keyboard.press("ArrowDown")
    assert tab.page.evaluate("document.activeElement === document.querySelectorAll('li.voice')[1]")
    name = tab.page.locator("li.voice .voice-name").nth(1).inner_text()
    tab.page.keyboard.press("Enter")
    assert tab.page.get_by_role("combobox", name="Voice").input_value() == name
    assert tab.page.evaluate("document.activeElement.id") == "composer"
    tab.page.keyboard.press("Shift+Tab")
    outline = tab.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_a_phone_has_room_for_it(here: Site, browser: Browser) -> None:
    tab = here.enter(browser, viewport=PHONE, has_touch=True, is_mobile=True)
    tab.says(SENTENCE)
    for view in ("chat", "voices", "owner"):
        tab.goes_to(view)
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], view
        wide = tab.page.evaluate(
            """(width) => [...document.querySelectorAll('main *')].filter((each) => {
                const box = each.getBoundingClientRect();
                return box.width && box.right > width + 1 && !each.closest('.table-box');
            }).map((each) => each.outerHTML.slice(0, 100))""",
            PHONE["width"],
        )
        assert not wide, view
    tab.close()


def test_what_was_said_is_there_after_a_reload_and_above(here: Site, tab: Tab) -> None:
    for number in range(25):
        tab.says(f"/help command={('speak', 'clone', 'about')[number % 3]}")
    tab.says("This is the last of it.")
    tab.page.reload()
    tab.page.locator(".spoken", has_text="This is the last of it.").wait_for()
    there = tab.page.locator("li.message").count()
    tab.page.locator(".scroller").evaluate("(each) => (each.scrollTop = 0)")
    tab.until("(there) => document.querySelectorAll('li.message').length > there", there)
    ids = tab.page.locator("li.message").evaluate_all("(all) => all.map((each) => Number(each.dataset.id))")
    assert ids == sorted(set(ids))


def test_nothing_that_somebody_writes_becomes_part_of_the_page(tab: Tab) -> None:
    evil = '<img src=x onerror="window.broken=1"><script>window.broken=1</script>'
    answer = tab.says(f"/lexicon add word={evil!r} spoken=harmless")
    tab.says(evil)
    assert tab.page.evaluate("window.broken") is None
    assert tab.page.locator("main img[src='x'], main script").count() == 0
    assert "<img" in tab.page.locator("li.from-you").last.inner_text()
    assert answer.count() == 1


def test_dropped_and_chosen_files_go_where_they_are_taken(tab: Tab, tmp_path: Path) -> None:
    text = tmp_path / "story.txt"
    text.write_text("A story from a file.", encoding="utf-8")
    dropped = tab.page.evaluate_handle(
        """() => {
            const held = new DataTransfer();
            held.items.add(new File(["Nobody can say this."], "picture.xyz"));
            return held;
        }"""
    )
    tab.page.locator("section.chat").dispatch_event("drop", {"dataTransfer": dropped})
    tab.page.locator(".toast", has_text="picture.xyz").wait_for()
    tab.page.locator(".composer input[type=file]").set_input_files(text)
    offered = tab.page.get_by_role("dialog")
    offered.get_by_role("button", name="/speak").click()
    form = tab.page.get_by_role("dialog")
    form.locator(".file-chosen", has_text="story.txt").wait_for()
    answer = tab.answer_to(form.get_by_role("button", name="Speak").click)
    assert answer.locator("audio").count() == 1
    assert "A story from a file" in answer.inner_text()


def test_a_key_is_shown_once_and_not_kept(tab: Tab) -> None:
    told = tab.says("/token make name=radio")
    told.get_by_text("mynah_").wait_for()
    tab.page.reload()
    tab.page.locator(".scroller[aria-busy=false]").wait_for(state="attached")
    assert "radio" in tab.page.locator("li.message").last.inner_text()
    assert "mynah_" not in tab.page.locator("main").inner_text()
