"""The terminal: one command at a time behind `mynah`, and the chat; made from the declarations of the commands.

It imports nothing here, so that `mynah --help` starts quickly.
"""
