"""HTTP handlers: each reads a request, asks the runner or the store, and answers."""
