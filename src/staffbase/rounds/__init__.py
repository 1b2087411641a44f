"""Night rounds: windows, the walk, the doors, no answer."""
