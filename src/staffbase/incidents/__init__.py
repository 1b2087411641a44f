"""What happens when it happens: a running timeline, one key a step."""
