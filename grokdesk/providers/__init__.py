"""Everything that answers: servers behind dialects, and this computer itself."""
