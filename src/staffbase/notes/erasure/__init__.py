"""Erasure by decision (§ 43), from the page of the entry."""
