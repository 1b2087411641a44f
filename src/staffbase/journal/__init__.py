"""The spine: every observation is an append-only entry; timeline, search, corrections, drafts."""
