"""What the orchestrator remembers: its tables, their history, and the queries."""
