"""What each speed section of an issue names, measured as ratios in one run."""
