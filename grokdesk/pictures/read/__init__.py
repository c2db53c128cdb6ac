"""Text, tables, codes and sensitive data, read from an image on this computer."""
