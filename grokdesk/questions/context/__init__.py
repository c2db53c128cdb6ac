"""Which part of a conversation goes along with a question."""
