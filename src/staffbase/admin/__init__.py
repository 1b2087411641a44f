"""What leaders change: staff, residents, agreements, the house."""
