"""From a hotkey to an image: countdown, grab, and what becomes of it."""
