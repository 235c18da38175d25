"""The words for how people look and what they do."""

from __future__ import annotations

AGES = {
    "old": "old", "elderly": "old", "aged": "old", "grandfather": "old", "grandmother": "old",
    "grandpa": "old", "grandma": "old", "wrinkled": "old", "ancient": "old", "elder": "old",
    "young": "young", "teenage": "young", "youthful": "young", "daughter": "child", "son": "child",
    "little": "child", "child": "child",
}  # fmt: skip

GARMENTS = {
    "coat": "coat", "overcoat": "coat", "jacket": "coat", "raincoat": "coat", "trenchcoat": "coat",
    "parka": "coat", "blazer": "coat", "vest": "shirt", "sweater": "shirt", "jumper": "shirt",
    "shirt": "shirt", "tunic": "shirt", "blouse": "shirt", "apron": "dress", "dress": "dress",
    "skirt": "dress", "gown": "gown", "robe": "robe", "robes": "robe", "toga": "robe",
    "kimono": "robe", "cloak": "cloak", "cape": "cloak", "shawl": "cloak", "poncho": "cloak",
    "uniform": "uniform", "armor": "armour", "armour": "armour", "spacesuit": "suit",
    "suit": "coat", "hoodie": "cloak", "scarf": "", "clothes": "", "clothing": "",
}  # fmt: skip

HEADGEAR = {
    "hat": "hat", "fedora": "fedora", "cap": "cap", "crown": "crown", "helmet": "helmet",
    "hood": "hood", "hooded": "hood", "headscarf": "scarf", "turban": "turban", "beanie": "woolly",
    "bonnet": "scarf", "veil": "veil", "kerchief": "scarf", "top-hat": "top", "sombrero": "straw",
}  # fmt: skip

HAIRS = {
    "bald": "bald", "curly": "curly", "curls": "curly", "braid": "braid", "braids": "braid",
    "braided": "braid", "bun": "bun", "long-haired": "long", "ponytail": "braid",
}  # fmt: skip

PROPS = {
    "cane": "cane", "stick": "cane", "staff": "staff", "crook": "crook", "spear": "spear",
    "lance": "spear", "sword": "sword", "rifle": "rifle", "gun": "rifle", "musket": "rifle",
    "lantern": "lantern", "lamp": "lantern", "torch": "torch", "candle": "torch", "rod": "rod",
    "net": "rod", "basket": "basket", "book": "book", "broom": "broom", "umbrella": "umbrella",
    "flag": "flag", "banner": "flag", "bow": "bow", "axe": "axe", "pitchfork": "pitchfork",
    "bag": "bag", "suitcase": "bag", "bucket": "bag", "letter": "letter", "map": "letter",
    "violin": "violin", "flower": "flower", "rose": "flower", "kite": "kite", "balloon": "balloon",
}  # fmt: skip

_POSE_WORDS = {
    "walk": """
        walking walks walked wandering strolling striding crossing trudging marching
        climbing wanders hiking leaving returning approaching enters entering steps
        stepping walk march
    """,
    "run": """
        running runs ran fleeing racing chasing rushing escaping sprinting flees
        charging run chase escape
    """,
    "sit": """
        sitting sits sat seated resting reading writing fishing waiting sit mending
    """,
    "kneel": """
        kneeling kneels knelt bowing crouching crouches planting kneel
    """,
    "raise": """
        waving waves shouting cheering celebrating dancing calling reaching dances
        raising jumping cheer triumphant
    """,
    "point": """
        pointing points aiming pushing pushes offering gives giving showing pushed
    """,
    "pray": """
        praying prays begging weeping pray
    """,
    "fight": """
        fighting fights attacking dueling battling fight
    """,
    "lie": """
        sleeping sleeps lying asleep dead fallen dying sleep
    """,
}

POSES = {word: pose for pose, words in _POSE_WORDS.items() for word in words.split()}

_NAMES_BY_GENDER = {
    "f": """
        mara anna elena maria sarah emma sofia olivia lily alice clara eva lucy rose
        jane mary ella maya nora ruth grace helen julia kate laura leah lena lisa
        luna mia nina sara zoe amelia ava chloe diana elsa eliza emily isabel ivy
        margaret martha rachel rebecca rosa sophie susan vera violet cleopatra joan
        juliet gretel cinderella rapunzel snow
    """,
    "m": """
        tom john james jack peter paul david daniel adam ben charlie edward eli
        ethan finn frank george harry henry jacob jim joe jonas joseph leo liam
        lucas luke mark martin max michael nathan noah oliver oscar robert sam
        samuel simon theo thomas victor walter will william arthur alexander caesar
        columbus galileo hansel napoleon robin romeo marcus elias omar amir kenji
        ivan hugo
    """,
}

#: Given names that stories use, with the gender of their figure.
NAMES = {
    name: gender for gender, names in _NAMES_BY_GENDER.items() for name in names.split()
}
