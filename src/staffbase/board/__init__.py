"""The whole house at a glance."""
