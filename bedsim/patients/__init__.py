"""WHO: patients, drawn before the engine runs, and the network they will meet."""
