"""Supply chain: what the program is made of, exactly, under what terms, and what is known of it.

Each module is run by a target of the Makefile, from the project's folder. None is installed.
"""
