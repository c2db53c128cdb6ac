"""Grabbing the screen; one file a way."""
