"""Pictures: opened with care, prepared to leave, read on this computer."""
