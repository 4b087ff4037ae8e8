"""A small, strict Discord on 127.0.0.1 that a real client talks to."""
