"""What requests cost and what a budget allows; requests of this run, in memory."""
