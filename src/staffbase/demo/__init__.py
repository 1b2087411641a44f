"""An invented house, and the scenes that become screenshots."""
