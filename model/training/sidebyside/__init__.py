"""Two models on the same held-out files: which is better, by how much, and what would change."""
