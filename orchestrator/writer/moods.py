"""What a story type looks like: a phrase of six words at most for every image prompt."""

from __future__ import annotations

MOODS: dict[str, str] = {
    "emotional_heartwarming": "warm tender mood, soft golden light",
    "scary_horror": "eerie dark mood, long cold shadows",
    "surprising_twist": "uneasy mood, something hidden from view",
    "tragic_sad": "sad quiet mood, grey rain light",
    "motivational_inspiring": "hopeful mood, bright sunrise light",
    "true_crime": "tense investigative mood, hard street light",
    "mystery_thriller": "mysterious mood, fog, deep shadows",
    "historical_documentary": "period setting, sober documentary mood",
    "supernatural_paranormal": "ghostly mood, pale moonlight, mist",
    "adventure_survival": "adventurous mood, wide wild landscape",
    "sci_fi_future": "futuristic mood, neon light, far-off technology",
    "fantasy_magical": "magical mood, glowing light, wonder",
    "comedy_funny": "cheerful playful mood, bright colours",
    "romantic_love": "romantic mood, warm sunset light",
    "war_military": "grim battlefield mood, smoke, muted colours",
    "biographical_life": "intimate true-to-life mood, natural light",
    "conspiracy_mystery": "secretive mood, dim light, hidden details",
    "anime_style": "expressive anime mood, vivid sky",
    "psychological_mind": "dreamlike unsettling mood, inner world",
    "nature_wildlife": "calm wild nature, soft morning light",
}
