"""How good a model is on labelled pictures that it has not learned from."""
