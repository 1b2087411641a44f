"""Staff, roles, sign-in, shifts and who is on duty."""
