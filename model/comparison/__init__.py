"""Models side by side: cost, and accuracy on a labelled folder of the operator's."""
