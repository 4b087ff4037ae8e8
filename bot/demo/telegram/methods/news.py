"""How a bot gets its updates: by asking, or by a webhook."""

from __future__ import annotations

from bot.demo.telegram.call import Call
from bot.demo.telegram.wire import Wire
from bot.demo.telegram.world import World


async def get_updates(world: World, call: Call) -> list[Wire]:
    """Wait for updates."""
    if "allowed_updates" in call.params:
        world.updates.allow(call.words("allowed_updates"))
    offset, limit = call.number("offset") or 0, call.number("limit") or 100
    found = await world.updates.poll(offset, limit, call.number("timeout") or 0)
    return [each.wire() for each in found]


async def set_webhook(world: World, call: Call) -> bool:
    """Have updates sent to an address."""
    await world.webhook.set(call)
    return True


async def delete_webhook(world: World, call: Call) -> bool:
    """Have updates sent nowhere."""
    await world.webhook.close()
    if call.flag("drop_pending_updates"):
        world.updates.drop()
    return True


def webhook_info(world: World, call: Call) -> Wire:
    """Tell how the webhook does."""
    return world.webhook.info()


METHODS = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": webhook_info,
}
