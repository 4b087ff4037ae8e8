"""The languages that Mynah reads figures and signs in as a person would: a file each, named by its tag."""
