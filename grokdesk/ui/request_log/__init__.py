"""The window of the request log, and of one request as it was sent."""
