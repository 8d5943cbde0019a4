"""What happened: pure functions from stays to one replication's numbers."""
