"""HOW: a deterministic function from patients and a network to stays."""
