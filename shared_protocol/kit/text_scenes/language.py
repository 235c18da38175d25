"""Which language a text is in: by its script, else by its commonest words."""

from __future__ import annotations

import re
from collections import Counter

#: Enough of a text to tell.
_SAMPLE_CHARS = 20_000
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile(r"[\u3400-\u9fff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("bn", re.compile(r"[\u0980-\u09ff]")),
    ("ta", re.compile(r"[\u0b80-\u0bff]")),
    ("te", re.compile(r"[\u0c00-\u0c7f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
)
#: Letters that tell languages of one script apart.
_LETTERS = {
    "ar": (("ur", "ٹڈڑےہں"), ("fa", "پچژگ")),
    "ru": (("uk", "іїєґ"),),
}
#: A share of the letters above which a script settles the language; Japanese mixes
#: its own letters with Chinese ones.
_SETTLED = {"ja": 0.1}
#: What is written in more scripts, or with another one, than its own code says;
#: ``""`` is Latin.
_WRITTEN_IN = {
    "bg": {"ru"},
    "fa": {"ar"},
    "ja": {"ja", "zh"},
    "ko": {"ko", "zh"},
    "mr": {"hi"},
    "ne": {"hi"},
    "sr": {"ru", ""},
    "uk": {"ru"},
    "ur": {"ar"},
    "yue": {"zh"},
}
#: One word alone, or a letter, tells nothing.
_LEAST_STOP_WORDS = 2
_STOP_WORDS = {
    "en": "the and of to in was that it he his with she had for her as on at but is a i",
    "de": "der die und in das den nicht von sie ist des sich mit dem er es ein war ich",
    "fr": "le la les et de des un une du que il elle dans est pas qui ne sur était au",
    "es": "el la los las y de que un una en no se con por su para lo era del como más",
    "it": "il la di che e un una in non si con per era le gli del della lo ma come",
    "pt": "o a os as e de que um uma não em se com por do da para era no na mais",
    "nl": "de het een en van in dat is niet op te hij zij was met voor maar ze er aan",
    "sv": "och att det en i som på han hon är var för med den inte ett av om sig",
    "da": "og at det en i som på han hun er var for med den ikke et af til der de",
    "no": "og at det en i som på han hun er var for med den ikke et av til jeg ble",
    "fi": "ja on oli se hän ei että mutta kun niin myös kuin joka olla ovat sen",
    "pl": "i w się na nie z do że jest to był była jak po ale co o jego za od",
    "cs": "a se na je v že to s z do byl byla jako ale po jeho za si by když",
    "hu": "a az és hogy nem egy volt is de meg azt csak ez már mint van ki el",
    "ro": "și de la în a nu că un o cu era pe se din pentru mai care este lui",
    "tr": "ve bir bu da de için çok o ne gibi daha ile ama var onun olarak diye kadar",
    "id": "dan yang di itu dengan untuk tidak dari dalam ini ada akan pada dia ke",
}


def guess_language(text: str) -> str:
    """ISO 639-1 code of the language of ``text``; ``en`` when nothing tells."""
    sample = text[:_SAMPLE_CHARS]
    letters = sum(1 for character in sample if character.isalpha())
    for code, script in _SCRIPTS:
        if len(script.findall(sample)) > _SETTLED.get(code, 0.3) * letters > 0:
            return _told_apart(code, sample)
    return _by_stop_words(sample)


def language_of_sentence(sentence: str, language: str) -> str:
    """The language to read ``sentence`` in, found in a text of ``language``.

    Another one only if most of its letters are of a script that ``language`` is not
    written in: whoever reads English knows no Arabic letters but their names.
    """
    letters = sum(1 for character in sentence if character.isalpha())
    found = _main_script(sentence, letters)
    base = language.lower().partition("-")[0]
    scripts = {code for code, _ in _SCRIPTS}
    own = _WRITTEN_IN.get(base, {base if base in scripts else ""})
    if not letters or found in own:
        return language
    return _told_apart(found, sentence) if found else _by_stop_words(sentence)


def _main_script(sentence: str, letters: int) -> str:
    """The code of the script of most of ``letters``; "" is Latin, and any other."""
    counts = {code: len(script.findall(sentence)) for code, script in _SCRIPTS}
    if counts["ja"] > _SETTLED["ja"] * letters:
        counts["ja"] += counts.pop("zh")
    code = max(counts, key=lambda script: counts[script])
    return code if counts[code] > letters / 2 else ""


def _told_apart(code: str, sample: str) -> str:
    for other, letters in _LETTERS.get(code, ()):
        if any(letter in sample for letter in letters):
            return other
    return code


def _by_stop_words(sample: str) -> str:
    counts = Counter(re.findall(r"[^\W\d_]+", sample.lower()))
    words = {code: common.split() for code, common in _STOP_WORDS.items()}
    best = max(words, key=lambda code: sum(counts[word] for word in words[code]))
    telling = [word for word in words[best] if counts[word] and len(word) > 1]
    return best if len(telling) >= _LEAST_STOP_WORDS else "en"
