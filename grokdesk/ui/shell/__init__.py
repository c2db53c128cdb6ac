"""The program around the windows: start, tray, single instance, notifications."""
