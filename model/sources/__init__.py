"""Importers: one published package each, from its registry to a checked TorchScript bundle."""
