"""Everything that can be made to fail, failing at random: `make chaos`.

The whole bot works on a real MediaWiki while it, its database, the wiki's web server, its stream
and its disk are killed, cut off and filled up. In the end nothing may be lost and nothing doubled.
"""
