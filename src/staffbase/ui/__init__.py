"""The kit every screen is built with."""
