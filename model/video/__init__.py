"""Video: scenes, chosen frames, and one score with timestamps. See docs/videos.md."""
