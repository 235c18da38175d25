"""Engines: adapters to the models that draw and speak, one file or folder each."""
