"""What someone promised to do, by when."""
