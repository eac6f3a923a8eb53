"""Where a public body's data is, who can compel its disclosure, and what of that can be shown."""

__version__ = "0.1.0"
