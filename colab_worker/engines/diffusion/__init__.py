"""Picture models through diffusers; only ever imported in an engine's process."""
