"""From pixels to what is sent: fitted, encoded, redacted, in tiles."""
