"""Crisis plans, their versions, and the card that fits one screen."""
