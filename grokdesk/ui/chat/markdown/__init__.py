"""Markdown that comes piece by piece: cut into blocks, parsed, and laid down as plain values. No Qt."""
