"""Programs that make one film each, in an environment of their own, and count their cost."""
