"""What a bot can ask of the Bot API, one file per family of methods."""
