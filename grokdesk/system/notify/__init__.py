"""Notifications; one file a way."""
