"""Benign pictures made on the spot, the damage done to them, and files made to do damage."""
