"""Who asks, where, with which roles, and what they may therefore do."""

from __future__ import annotations

from pathlib import Path

from bot.demo.discord.permission import Permission
from tests.bot.discord_adapter.stage import stage


async def test_a_refusal_of_quota_is_seen_by_nobody_else(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        await (await on.bob.slash(on.guild.channel, "about")).answer()
        member = await (
            await on.ada.slash(on.guild.channel, "quota set", member=on.bob, metric="generations", limit="1")
        ).answer()
        assert "Bob" in member.content
        await (await on.bob.slash(on.guild.channel, "speak", text="One.")).answer(with_file=True)
        refused = await (await on.bob.slash(on.guild.channel, "speak", text="Two.")).answer()
        assert refused.private and "left" in refused.content
        assert not refused.files


async def test_the_command_of_admins_is_refused_to_others_even_where_a_server_shows_it_to_all(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        on.guild.open("quota")
        refused = await (await on.bob.slash(on.guild.channel, "quota set", metric="generations", limit="1")).answer()
        assert refused.private and "admins" in refused.content


async def test_somebody_with_the_bot_in_their_own_account_has_it_where_it_is_no_member(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        away = on.discord.guild("Elsewhere", bot=False)
        eve = on.discord.person("Eve")
        away.admit(eve, [away.role("Admins", Permission.ADMINISTRATOR)])
        exchange = await eve.slash(away.channel, "speak", text="Far from home.")
        answer = await exchange.answer(with_file=True)
        assert answer.file.data.startswith(b"RIFF") and exchange.follow_ups == 0
        assert await mynah.value("SELECT kind FROM places WHERE platform = 'discord'") == "direct"
        refused = await (await eve.slash(away.channel, "quota set", metric="generations", limit="1")).answer()
        assert refused.private and "admins" in refused.content
        friends = eve.talk_with(on.bob)
        assert (await (await eve.slash(friends, "speak", text="Among friends.")).answer(with_file=True)).files


async def test_roles_count_the_best_first(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        low, high = on.guild.role("Low"), on.guild.role("High")
        cleo = on.guild.person("Cleo", roles=[low, high])
        for role, limit in ((low, "0"), (high, "1")):
            await (
                await on.ada.slash(on.guild.channel, "quota set", role=role, metric="generations", limit=limit)
            ).answer()
        answer = await (await cleo.slash(on.guild.channel, "speak", text="By my role.")).answer(with_file=True)
        assert answer.files
