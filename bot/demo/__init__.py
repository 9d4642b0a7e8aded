"""A miniature Commons on loopback: the unchanged bot runs against it, with benign pictures only."""
