"""One entry in full: its text, its history, its comments, and everything that may be done about it."""
