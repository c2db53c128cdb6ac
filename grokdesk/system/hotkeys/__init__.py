"""Global hotkeys; one file a way."""
