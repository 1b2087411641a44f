"""Knows no feature: clock, settings, language, errors, key, database, columns, ledger, access."""
