"""The shift report and my reading."""
