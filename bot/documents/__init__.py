"""Documents of several pages, each rendered by the wiki. See docs/videos.md.

addresses   where the pictures of the pages are
pages       the pages of one document, looked at one after the other
reading     claims documents alone, keeps their leases, remembers pages between attempts
"""
