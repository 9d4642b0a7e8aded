"""Pages for people: one router a page, templates beside them in `bot/web/templates`.

    request ─▶ access (public, or who is signed in) ─▶ figures and ledger ─▶ template

Everything is made on the server and works without scripts; the small files in `bot/web/static` add
keys, reveal and sliders. Nothing in a page may run or load but what stands there: see `frame`.
Pictures come from the wiki straight to the browser; none passes through here.
"""
