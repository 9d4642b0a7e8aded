"""Smaller and faster forms of a trained model, kept only where its scores stay what they are."""
