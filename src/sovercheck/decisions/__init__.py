"""What is asked of two or more assessments, or of one under other facts."""
