"""Sound: text in, audio out. Knows no chat and no database."""
