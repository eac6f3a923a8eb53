"""Plans and templates."""
