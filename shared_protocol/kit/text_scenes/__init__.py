"""The user's own text, plain or Markdown, made into scenes; pure functions, no I/O."""

from shared_protocol.kit.text_scenes.model import (
    SplitScene,
    SplitText,
    TooFewScenes,
    UnspeakableText,
)
from shared_protocol.kit.text_scenes.splitting import split_text

__all__ = ["SplitScene", "SplitText", "TooFewScenes", "UnspeakableText", "split_text"]
