"""The REST API: FastAPI around the engine, and what keeps it standing before strangers.

    client ─▶ headers ─▶ bodies (byte and time caps) ─▶ access (token, rate) ─▶ queue (bounded)
                                                                                  │
    pictures from the body, or from Wikimedia through `bot.guard` ────────────────┤
                                                                                  ▼
                             decoder processes ─▶ micro-batcher ─▶ classifier process

Routes are one file a subject; `app` puts them together. Pages for people will come as one more
router there.
"""
