"""Controls and looks that all windows share."""
