"""Makes `media/`: `python -m bot.demo.studio`, where scikit-image is installed (the test extra).

The result is kept in the tree; the demonstration itself only reads it.
"""
