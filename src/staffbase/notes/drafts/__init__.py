"""What is half written: one's own drafts, and the way back to each."""
