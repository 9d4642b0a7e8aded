"""From labelled pictures to a bundle: data sets, transfer learning, evaluation, calibration."""
