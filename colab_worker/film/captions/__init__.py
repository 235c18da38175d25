"""Captions: words into cues, cues into subtitle files and into the picture."""
