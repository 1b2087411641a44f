"""Looking for words in everything that was written."""
