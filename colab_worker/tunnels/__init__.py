"""Tunnels: public addresses for a worker that has none, watched and mended.

Each tunnel is a child process (``host``) in which the vendor's agent lives; the worker's
side (``keeper``) starts it, hears its signs of life, and starts it again when it dies. The
jobs of the worker know nothing of all this.
"""
