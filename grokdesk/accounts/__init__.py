"""Keeping account of what leaves: the budget, what was sent, and the ledger that all of it goes into."""
