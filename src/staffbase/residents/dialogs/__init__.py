"""The dialogs in which residents' facts are changed: one file for each kind of change."""
