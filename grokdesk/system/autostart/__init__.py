"""Starting with the session; one file a platform."""
