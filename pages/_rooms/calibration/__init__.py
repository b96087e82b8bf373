"""What only the page of calibration draws."""
