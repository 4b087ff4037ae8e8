"""Discord: what its users see of the commands; the adapter grows from here."""
