"""What is known of an organisation's data: the closed registry of facts, typed tables, evidence and gaps."""
