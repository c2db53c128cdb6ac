"""Settings and profiles, in one file that a person can edit."""
