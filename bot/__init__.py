"""Commons Lookout: an advisory watch over new uploads to Wikimedia Commons.

Data flows through the modules in this order:
``stream`` → ``ledger`` → ``commons`` and ``media`` → ``scoring`` → ``rules`` → ``publish``.
"""

__version__ = "0.1.0"
