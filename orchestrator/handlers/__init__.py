"""HTTP in and out: one short function for each route; the work is done elsewhere."""
