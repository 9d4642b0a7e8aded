"""Network architectures as ordinary torch modules, without weights."""
