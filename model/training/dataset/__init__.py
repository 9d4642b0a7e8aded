"""Labelled folders → a manifest: what is usable, once each, and on which side of the split."""
