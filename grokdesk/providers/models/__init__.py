"""Which models a server has, and what each can do."""
