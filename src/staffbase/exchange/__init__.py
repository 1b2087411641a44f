"""Data in and out: import, backup."""
