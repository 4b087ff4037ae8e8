"""The page as it looks: each view by day and by night, for those who cannot see it, and for whoever runs Mynah."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.fakes.browsing import PATIENCE, Site, Tab


@pytest.fixture
def options() -> Mapping[str, Any]:
    """Somebody who wants no motion."""
    return {"reduced_motion": "reduce"}


def test_the_empty_chat_and_an_answer_are_for_everybody(tab: Tab) -> None:
    assert not tab.violations()
    answer = tab.says("The mynah listens, and says it all again.")
    answer.locator(".spoken span").first.wait_for()
    tab.says("/speak voice=nobody-here Hello")
    assert not tab.violations()
    answer.get_by_text("Download").click()
    assert not tab.violations()
    tab.page.keyboard.press("Escape")
    answer.get_by_role("button", name="Other voice").click()
    answer.get_by_role("combobox", name="Voice").wait_for()
    assert not tab.violations()


def test_what_is_offered_while_one_writes_is_for_everybody(tab: Tab) -> None:
    tab.composer.press_sequentially("/")
    tab.page.locator(".option").first.wait_for()
    tab.page.keyboard.press("ArrowDown")
    assert not tab.violations()


def test_lists_and_forms_are_for_everybody(tab: Tab) -> None:
    tab.page.keyboard.press("Control+k")
    tab.page.get_by_role("dialog").wait_for()
    assert not tab.violations()
    for command in ("speak", "clone", "quota set", "voices import"):
        tab.page.get_by_role("searchbox").fill(command)
        tab.page.keyboard.press("Enter")
        tab.page.locator("dialog form").wait_for()
        tab.page.locator("dialog details").evaluate_all("(all) => all.forEach((each) => (each.open = true))")
        assert not tab.violations(), command
        tab.page.keyboard.press("Escape")
        tab.page.locator("dialog").wait_for(state="detached")
        tab.page.keyboard.press("Control+k")
    tab.page.keyboard.press("Escape")


def test_the_voices_are_for_everybody(tab: Tab) -> None:
    view = tab.goes_to("voices")
    view.locator("li.voice").first.wait_for()
    assert not tab.violations()
    everything = view.locator("li.voice").count()
    view.get_by_role("combobox", name="Language").select_option("de")
    tab.until("(all) => document.querySelectorAll('li.voice').length < all", everything)
    assert view.locator("li.voice .voice-name").all_inner_texts() == ["de"]
    view.get_by_role("combobox", name="Language").select_option("")
    view.get_by_role("searchbox").fill("no voice has this")
    view.get_by_text("No voice is like that.").wait_for()
    assert not tab.violations()


def test_a_voice_is_heard_with_one_press(tab: Tab) -> None:
    view = tab.goes_to("voices")
    view.get_by_role("searchbox").fill("German")
    tab.until("document.querySelectorAll('li.voice').length === 1")
    button = view.get_by_role("button", name="Hear de")
    button.click()
    button.locator(".icon-stop").wait_for()
    button.click()
    button.locator(".icon-play").wait_for()
    assert tab.goes_to("chat").locator("li.from-you", has_text="/voices preview").count() >= 1


def test_the_owner_sees_everything_and_acts_there(tab: Tab) -> None:
    tab.says("Something for the figures.")
    view = tab.goes_to("owner")
    person = view.locator("section", has=tab.page.get_by_role("heading", name="People")).locator("tbody tr").first
    person.wait_for()
    assert not tab.violations()
    assert view.locator("svg.chart").count() == 3
    figures = view.locator("figure", has_text="Generations a day")
    figures.get_by_text("Figures").click()
    assert int(figures.locator("tbody td").nth(1).inner_text()) >= 1
    figures.get_by_text("Figures").click()
    person.get_by_text("Change").click()
    person.get_by_role("button", name="Set a limit").click()
    form = tab.page.get_by_role("dialog")
    form.get_by_role("combobox", name="Metric").select_option("generations")
    form.get_by_role("textbox", name="Limit").fill("77")
    form.get_by_role("button", name="Set").click()
    tab.page.locator(".toast", has_text="77").wait_for()
    view.get_by_role("button", name="Read again").click()
    tab.page.locator("main").get_by_text("of 77").first.wait_for()


def test_what_waits_is_seen_and_stopped_by_the_owner(here: Site, browser: Browser) -> None:
    tab = here.enter(browser)
    tab.composer.fill(" ".join(f"This is sentence number {n} of a long story." for n in range(4000)))
    tab.composer.press("Enter")
    tab.page.locator(".ticket:not(.over)").wait_for()
    view = tab.goes_to("owner")
    stop = view.get_by_role("button", name=re.compile("^Cancel job"))
    stop.click()
    tab.page.locator(".toast").first.wait_for()
    view.get_by_text("Nothing waits.").wait_for(timeout=PATIENCE * 1000)
    tab.goes_to("chat")
    tab.until("!document.querySelector('.ticket:not(.over)')")
    assert "Cancelled; it costs nothing." in tab.page.locator(".ticket.over").inner_text()
    tab.close()


def test_who_has_no_key_is_told_how_to_get_one(here: Site, browser: Browser) -> None:
    tab = Tab(browser.new_context(), here.url)
    tab.page.goto(here.url)
    gate = tab.page.locator("main.gate")
    gate.wait_for()
    assert "mynah run" in gate.inner_text()
    assert not tab.violations()
    gate.get_by_role("textbox").fill("http://127.0.0.1/#key=wrong")
    gate.get_by_role("button", name="Come in").click()
    gate.locator(".trouble", has_text="no longer, good").wait_for()
    gate.get_by_role("textbox").fill(here.link())
    gate.get_by_role("button", name="Come in").click()
    tab.composer.wait_for()
    tab.close()


def test_day_and_night_can_be_chosen_and_are_kept(here: Site, browser: Browser) -> None:
    tab = here.enter(browser, color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    day = tab.page.evaluate(ground)
    switch = tab.page.get_by_role("button", name=re.compile("^Appearance"))
    switch.click()
    switch.click()
    night = tab.page.evaluate(ground)
    assert night != day
    tab.page.reload()
    tab.composer.wait_for()
    assert tab.page.evaluate(ground) == night
    tab.close()


def test_who_wants_no_motion_sees_none(tab: Tab) -> None:
    tab.page.keyboard.press("Control+k")
    assert tab.page.evaluate("document.getAnimations().length") == 0


def test_a_guest_has_a_conversation_of_their_own_and_no_owners_view(here: Site, browser: Browser) -> None:
    owner = here.enter(browser)
    owner.says("Only the owner hears this.")
    token = here.call(lambda paged: paged.token("Grace", "7"))
    guest = Tab(browser.new_context(), here.url)
    guest.page.goto(here.url)
    guest.page.get_by_role("textbox").fill(token)
    guest.page.get_by_role("button", name="Come in").click()
    guest.composer.wait_for()
    assert guest.page.locator("nav a").all_inner_texts() == ["Chat", "Voices"]
    guest.says("Grace is here.")
    assert "Only the owner" not in guest.page.locator("main").inner_text()
    guest.page.keyboard.press("Control+k")
    guest.page.get_by_role("searchbox").fill("token")
    assert guest.page.locator("button.entry", has_text="/token").count() == 0
    assert guest.page.request.get(f"{here.url}/api/v1/owner/overview").status == 403
    guest.close()
    owner.close()
