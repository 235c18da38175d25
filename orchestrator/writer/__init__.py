"""From words to a film: the script, and the spec that a worker is given."""
