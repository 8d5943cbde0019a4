"""The commands, one a module: each reads what was typed, calls the layers and prints. No logic."""
