"""Voices through coqui-tts; only ever imported in an engine's process."""
