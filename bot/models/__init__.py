"""Models: brought from where they are published, looked after, and removed again; only the host can."""
