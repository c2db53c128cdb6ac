"""Settings, profiles, hotkeys, first run."""
