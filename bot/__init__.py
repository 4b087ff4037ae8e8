"""The outside world: chat platforms, the terminal, the process, the clock, the runner and the courier."""
