"""The clipboard without a window; one file a way."""
