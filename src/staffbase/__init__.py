"""staffbase: the station of a supported house, in the terminal."""

__version__ = "0.1.0"
