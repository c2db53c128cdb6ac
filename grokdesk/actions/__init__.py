"""Prompt templates: one TOML file each, loaded, checked and filled here."""
