"""Old files, looked at beside the new ones, which go first.

    the wiki's API ──Listing──▶ ledger: shards ──Dispatcher──▶ a worker ──Scorer──▶ ledger: verdicts
                     a page a shard                in this process, or by Celery on Redis

The ledger is the truth. What is handed out is the number of a shard and nothing else, so that a
message lost costs a little time, and one doubled costs nothing.
"""
