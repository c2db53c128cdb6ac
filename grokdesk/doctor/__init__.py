"""Tries every part for real and says how it fares and what to do: one function a part, each gives a PartState."""
