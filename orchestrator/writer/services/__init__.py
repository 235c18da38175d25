"""Writing services behind one protocol: one file for each kind of service."""
