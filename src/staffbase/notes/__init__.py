"""Writing, correcting, finding and reading what staff observe."""
