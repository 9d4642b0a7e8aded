"""The classifier: model bundles, picture decoding and inference. Knows nothing of wikis."""
