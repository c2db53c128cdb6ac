"""The wire formats that dialects share: event streams, JSON, errors, usage, reasoning."""
