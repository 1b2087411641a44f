"""What was moved from the wrong resident or withdrawn, for the leader and the access auditor."""
