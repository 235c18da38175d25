"""What the worker remembers, in one database."""
