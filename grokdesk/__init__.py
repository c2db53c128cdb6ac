"""GrokDesk: see something, press a key, ask, know."""

__version__ = "0.1.0"
