"""Descriptions in the person's own image files."""
