"""Selecting a region of the frozen screen."""
