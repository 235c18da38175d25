"""Moonreel's films beside those of other ways to make them: the same work, then the cost.

Six photographs of five seconds each with captions and a narration become a film by
Moonreel's compositor, by the four-pass way of MoviePy 2.1.2 and by the panning way of
MoviePy 2.1.1, and its frames by x264 alone. One ffmpeg binary serves all of them.
"""
