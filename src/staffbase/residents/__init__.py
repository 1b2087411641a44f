"""The house, its units, who lives there, and what must be known at the door."""
