"""Models on this machine's disk: which there are, and how more of them come here.

Nothing in here imports a model library: the worker's HTTP process looks at the shelf.
"""
