"""What of a conversation goes along with the next question, and what does not, and why."""
