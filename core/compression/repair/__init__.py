"""What repairs the disparity at the same size."""
