"""Small, strict servers of the chat platforms on this machine, for `mynah demo` and for the tests."""
