"""The conversation panel and its parts."""
