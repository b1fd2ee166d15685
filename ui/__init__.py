"""The faces of the program: command, page."""
