"""The same question to several models, side by side."""
