"""Questions and answers of earlier days, searched and exported."""
