"""The windows. The only room where Qt is imported."""
