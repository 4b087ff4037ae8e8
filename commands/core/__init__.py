"""What every command is made of: its declaration, its parameters, its request and its reply."""
