"""A benign stand-in task: drawings against photograph-like pictures."""
