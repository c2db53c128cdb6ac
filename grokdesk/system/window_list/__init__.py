"""Which windows are on the screen; one file a way."""
