"""What is kept: settings, keys, history."""
