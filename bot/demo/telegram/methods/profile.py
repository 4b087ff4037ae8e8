"""The profile of a bot: who it is, what it says of itself, and its menus."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bot.demo.telegram.call import Call
from bot.demo.telegram.menus import scope
from bot.demo.telegram.refusal import bad
from bot.demo.telegram.wire import Wire
from bot.demo.telegram.world import World

LONGEST = {"description": 512, "short_description": 120, "name": 64}
"""What a bot can say of itself, and how long."""


def get_me(world: World, call: Call) -> Wire:
    """Tell the bot who it is."""
    return {
        **world.bot.wire(),
        "can_join_groups": True,
        "can_read_all_group_messages": not world.rules.privacy,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def set_commands(world: World, call: Call) -> bool:
    """Take a menu."""
    world.menus.set(scope(call.record("scope")), call.text("language_code"), call.records("commands"))
    return True


def get_commands(world: World, call: Call) -> list[Wire]:
    """Tell what a menu holds."""
    return world.menus.get(scope(call.record("scope")), call.text("language_code"))


def delete_commands(world: World, call: Call) -> bool:
    """Forget a menu."""
    world.menus.delete(scope(call.record("scope")), call.text("language_code"))
    return True


def set_about(what: str, world: World, call: Call) -> bool:
    """Take what the bot says of itself: its 'description', 'short_description' or 'name'."""
    if len(call.text(what)) > LONGEST[what]:
        raise bad(f"{what.replace('_', ' ')} is too long")
    world.profile[_key(what, call)] = call.text(what)
    return True


def get_about(what: str, world: World, call: Call) -> Wire:
    """Tell what the bot says of itself."""
    default = world.bot.first_name if what == "name" else ""
    return {what: world.profile.get(_key(what, call), world.profile.get(what, default))}


def accepted(world: World, call: Call) -> bool:
    """Take what makes no difference here."""
    return True


def menu_button(world: World, call: Call) -> Wire:
    """Tell what the button beside the text field does."""
    return {"type": "commands"}


def _key(what: str, call: Call) -> str:
    language = call.text("language_code")
    return f"{what}.{language}" if language else what


METHODS: dict[str, Callable[[World, Call], object]] = {
    "getMe": get_me,
    "setMyCommands": set_commands,
    "getMyCommands": get_commands,
    "deleteMyCommands": delete_commands,
    "setMyDescription": partial(set_about, "description"),
    "getMyDescription": partial(get_about, "description"),
    "setMyShortDescription": partial(set_about, "short_description"),
    "getMyShortDescription": partial(get_about, "short_description"),
    "setMyName": partial(set_about, "name"),
    "getMyName": partial(get_about, "name"),
    "setChatMenuButton": accepted,
    "getChatMenuButton": menu_button,
    "setMyDefaultAdministratorRights": accepted,
}
