"""What is remembered: one file per table, the transactions, the files."""
