"""An invented house, and the scenes that become screenshots."""

MARK_FILE = "demo"
"""Lies in the data folder of a demo that is kept. Its time is its own, and every command on it goes by that."""
