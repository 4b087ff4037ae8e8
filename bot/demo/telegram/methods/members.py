"""What a bot can find out about chats and who is in them."""

from __future__ import annotations

from bot.demo.telegram.call import Call
from bot.demo.telegram.chats import Chat
from bot.demo.telegram.refusal import bad
from bot.demo.telegram.wire import Wire
from bot.demo.telegram.world import World, member

GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


def get_chat(world: World, call: Call) -> Wire:
    """Tell about a chat."""
    chat = _inside(world, call)
    told: Wire = {
        **chat.wire(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(GIFTS, False),
    }
    if chat.kind == "private" and chat.owner.forbids_voice:
        told["has_restricted_voice_and_video_messages"] = True
    return told


def get_member(world: World, call: Call) -> Wire:
    """Tell what somebody is in a chat."""
    chat = _inside(world, call)
    account = world.account(call.needed("user_id"))
    return member(account, chat.status(account))


def get_admins(world: World, call: Call) -> list[Wire]:
    """Tell who the admins of a group are; of bots, only this one."""
    chat = _inside(world, call)
    if chat.kind == "private":
        raise bad("there are no administrators in the private chat")
    people = [each for each in chat.members.values() if each.id in chat.admins]
    found = [member(each, chat.status(each)) for each in people]
    return [*found, member(world.bot, chat.bot_is)] if chat.bot_is == "administrator" else found


def count_members(world: World, call: Call) -> int:
    """Tell how many are in a chat, the bot among them."""
    return len(_inside(world, call).members) + 1


def leave(world: World, call: Call) -> bool:
    """Leave a group."""
    chat = _inside(world, call)
    if chat.kind == "private":
        raise bad("chat member status can't be changed in private chats")
    chat.bot_is = "left"
    return True


def _inside(world: World, call: Call) -> Chat:
    chat = world.chat(call.text("chat_id"))
    if chat.kind != "private":
        chat.check()
    return chat


METHODS = {
    "getChat": get_chat,
    "getChatMember": get_member,
    "getChatAdministrators": get_admins,
    "getChatMemberCount": count_members,
    "leaveChat": leave,
}
