"""Plans and templates: what a change of infrastructure would put where, before anything of it exists."""
