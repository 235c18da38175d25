"""The words of the wire contract resolve as it lists them; others are refused by name."""

from __future__ import annotations

import pytest

from shared_protocol import vocab
from shared_protocol.vocab import VOICES, Vocabulary

CONTRACT: list[tuple[Vocabulary, str]] = [
    (vocab.STORY_TYPES, "emotional_heartwarming scary_horror surprising_twist tragic_sad "
    "motivational_inspiring true_crime mystery_thriller historical_documentary "
    "supernatural_paranormal adventure_survival sci_fi_future fantasy_magical "
    "comedy_funny romantic_love war_military biographical_life conspiracy_mystery "
    "anime_style psychological_mind nature_wildlife"),
    (vocab.IMAGE_STYLES, "cinematic documentary anime horror comic historical scifi noir "
    "fantasy 3d_render sketch watercolor oil_painting retro realistic abstract"),
    (vocab.COLOR_FILTERS, "none cinematic warm cool vibrant vintage noir dramatic horror "
    "anime sunset soft sharp"),
    (vocab.CAPTION_STYLES, "simple bold minimal cinematic horror elegant"),
    (vocab.CAPTION_POSITIONS, "bottom top center top_left top_right bottom_left "
    "bottom_right"),
    (vocab.CAPTION_ANIMATIONS, "none fade_in fade_out slide_up slide_down typewriter "
    "pulse karaoke"),
    (vocab.HOOK_INTENSITIES, "mild medium extreme"),
    (vocab.PACINGS, "slow medium dynamic fast"),
    (vocab.ASPECTS, "16:9 9:16 1:1"),
    (vocab.QUALITIES, "draft fast standard high"),
    (vocab.VOICE_IDS, "guy brian michael andrew george christopher davis_deep jenny aria "
    "emma sarah nicole emma_british isabella nancy roger"),
]  # fmt: skip
ALL = [words for words, _ in CONTRACT]

ALIASES = [
    (vocab.STORY_TYPES, "scifi_future", "sci_fi_future"),
    (vocab.STORY_TYPES, "fantasy_epic", "fantasy_magical"),
    (vocab.STORY_TYPES, "biographical", "biographical_life"),
    (vocab.STORY_TYPES, "conspiracy", "conspiracy_mystery"),
    (vocab.STORY_TYPES, "psychological", "psychological_mind"),
    (vocab.STORY_TYPES, "paranormal", "supernatural_paranormal"),
    (vocab.STORY_TYPES, "documentary_real", "historical_documentary"),
    (vocab.IMAGE_STYLES, "cinematic_film", "cinematic"),
    (vocab.IMAGE_STYLES, "oilpainting", "oil_painting"),
    (vocab.IMAGE_STYLES, "vintage", "retro"),
    (vocab.VOICE_IDS, "adam", "guy"),
    (vocab.VOICE_IDS, "adam_narration", "guy"),
    (vocab.VOICE_IDS, "matthew", "guy"),
    (vocab.VOICE_IDS, "sarah_pro", "sarah"),
    (vocab.VOICE_IDS, "sara", "sarah"),
    (vocab.IMAGE_STYLES, " Oil Painting ", "oil_painting"),
    (vocab.CAPTION_POSITIONS, "top-left", "top_left"),
    (vocab.ASPECTS, "9:16", "9:16"),
]

SPEAKERS = {
    "guy": "p226", "brian": "p227", "michael": "p232", "andrew": "p243",
    "george": "p254", "christopher": "p259", "davis_deep": "p273", "jenny": "p228",
    "aria": "p229", "emma": "p230", "sarah": "p231", "nicole": "p233",
    "emma_british": "p236", "isabella": "p244",
}  # fmt: skip


@pytest.mark.parametrize(("words", "ids"), CONTRACT)
def test_the_ids_are_those_of_the_contract(words: Vocabulary, ids: str) -> None:
    """Every id of the contract is there, stands for itself, and there are no others."""
    expected = set(ids.split())

    assert {word: words.resolve(word) for word in expected} == {w: w for w in words}


@pytest.mark.parametrize(("words", "alias", "meant"), ALIASES)
def test_aliases_mean_what_the_contract_says(
    words: Vocabulary, alias: str, meant: str
) -> None:
    """Other spellings resolve to the id that they always meant."""
    assert words.resolve(alias) == meant


def test_no_alias_is_unlisted_or_leads_nowhere() -> None:
    """Every alias in the code points at an id and shadows none."""
    for words in ALL:
        assert set(words.aliases.values()) <= set(words.ids)
        assert not set(words.aliases) & set(words.ids)


@pytest.mark.parametrize("words", ALL, ids=lambda words: words.name)
@pytest.mark.parametrize("word", ["", "nosuch", "../none", "None\n none", "🎬"])
def test_unknown_words_are_refused_with_the_list(words: Vocabulary, word: str) -> None:
    """The refusal names the field, the word, and every id that would do."""
    with pytest.raises(ValueError, match="is not known") as refusal:
        words.resolve(word)

    sentence = str(refusal.value)
    assert sentence.startswith(words.name)
    assert repr(word) in sentence
    assert all(f" {valid}" in sentence for valid in words.ids)


def test_voices_stand_for_their_speakers_and_all_differ() -> None:
    """The contract's speakers are kept, and no two voices share one."""
    speakers = {name: voice.speaker for name, voice in VOICES.items()}

    assert SPEAKERS.items() <= speakers.items()
    assert len(set(speakers.values())) == len(speakers) == 16
