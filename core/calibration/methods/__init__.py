"""Ways to predict a stream that has drifted, one file each; ``core.calibration.catalogue`` lists them."""
