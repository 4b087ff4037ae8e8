"""Telegram: what its users see of the commands, and how their lines are read; the adapter grows from here."""
