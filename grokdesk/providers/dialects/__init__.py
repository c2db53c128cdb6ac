"""One file a dialect: how a question is written for a kind of server, and its answer read."""
