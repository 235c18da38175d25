"""Turns pictures, voices and word times into clips and a film, with ffmpeg."""
