"""A small, strict Telegram: a Bot API server on 127.0.0.1, and the people who write to its bot.

`server.TelegramServer` is what others use. It knows no chat library: a real bot is pointed at its addresses.
"""
