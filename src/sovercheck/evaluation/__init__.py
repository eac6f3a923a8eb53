"""Inventory × policies × reference × waivers × as-of date → assessment: a pure function, in the engine."""
