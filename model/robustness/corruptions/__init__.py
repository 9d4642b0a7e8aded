"""The fifteen corruptions of ImageNet-C, at five severities.

Source: Hendrycks and Dietterich, "Benchmarking Neural Network Robustness to Common Corruptions and
Perturbations", ICLR 2019; parameters as in the authors' published program for 224 pixels. Lengths
in pixels are scaled to the edge of the picture. Where a step differs from theirs, its
function says so.
"""
