"""Before anybody can sign in: set-up, the passphrase at start, a copy that only the recovery identity opens."""
