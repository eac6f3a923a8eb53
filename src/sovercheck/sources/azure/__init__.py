"""Azure, read through Resource Graph first, then the few calls that complete what it does not have."""
