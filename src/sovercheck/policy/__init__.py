"""Rules: what people write, the conditions and rules it becomes, and waivers."""
