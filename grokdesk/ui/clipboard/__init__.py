"""What is copied, and what is pasted or dropped."""
