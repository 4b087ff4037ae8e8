"""What is to be said: made ready to be read aloud."""
