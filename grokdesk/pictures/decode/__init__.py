"""From a file of any kind to pixels: by content, within limits, in child processes."""
