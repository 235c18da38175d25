"""The words that pictures are read from: what each word means, in one kind of concept."""

from __future__ import annotations

import functools

#: Places; the first ones named win where two exclude each other.
PLACES = {
    "mountain": "mountain peak summit alp ridge mountaintop mountainside highland cliff crag pass",
    "hills": "hill hillside hilltop valley dale countryside moor heath downs vale knoll",
    "forest": "forest wood woodland grove thicket woods jungle rainforest pinewood trail",
    "sea": "sea ocean wave waves atlantic pacific surf tide",
    "coast": "coast beach shore seaside coastline seashore bay cove headland",
    "desert": "desert dune sahara wasteland oasis sand dunes drought",
    "canyon": "canyon gorge ravine mesa badlands",
    "city": "city town skyline metropolis downtown capital cityscape rooftop rooftops",
    "village": "village hamlet settlement",
    "street": "street alley alleyway avenue lane market marketplace square bazaar sidewalk",
    "castle": "castle fortress palace citadel kingdom stronghold",
    "lake": "lake pond lagoon lakeside reservoir loch",
    "river": "river stream brook creek riverbank waterfall riverside",
    "meadow": "meadow field pasture grassland prairie plain savanna savannah steppe clearing glade lawn",
    "farm": "farm farmyard farmland barnyard orchard vineyard ranch",
    "garden": "garden park courtyard greenhouse",
    "road": "road highway path roadside crossroads roadway",
    "harbor": "harbor harbour port dock pier quay wharf marina jetty",
    "snowfield": "snowfield glacier tundra arctic antarctic antarctica iceberg ice polar icy",
    "space": "space cosmos galaxy orbit universe nebula outer-space interstellar asteroid starfield",
    "planet": "mars planet moonscape lunar alien exoplanet crater colony",
    "cave": "cave cavern grotto mine tunnel dungeon burrow den lair",
    "battlefield": "battlefield battle trench war frontline trenches siege",
    "swamp": "swamp marsh bog wetland bayou fen",
    "island": "island isle islet atoll",
    "ruins": "ruin ruins acropolis colosseum forum",
    "graveyard": "graveyard cemetery churchyard tomb crypt",
    "underwater": "underwater undersea reef seabed submarine",
    "sky": "sky heaven heavens skies cloudscape",
    "volcano": "volcano lava eruption",
    "room": "room interior kitchen bedroom cabin attic cellar inn tavern parlor parlour inside indoors apartment study hallway corridor classroom cellblock prison cell nursery office studio living-room basement staircase mansion café cafe restaurant shop hospital",
    "hall": "hall throne-room ballroom chamber cathedral court banquet great-hall courtroom theater theatre museum",
    "library": "library bookshop archive bookstore laboratory workshop",
    "bridge_deck": "spaceship-interior control-room cockpit spacecraft-interior",
    "station": "station railway platform railroad",
}

TIMES = {
    "dawn": "dawn daybreak sunrise first-light",
    "morning": "morning",
    "noon": "noon midday day daytime daylight",
    "afternoon": "afternoon golden-hour evening-light late-light sunlit golden-light",
    "dusk": "dusk sunset twilight evening nightfall sundown gloaming blue-hour",
    "night": "night midnight moonlight moonlit nighttime starlight starlit starry nocturnal moonless",
}

WEATHERS = {
    "clear": "clear cloudless sunny sunshine sun",
    "rain": "rain rainy drizzle downpour rainfall raining shower monsoon puddle wet",
    "snow": "snow snowy blizzard snowfall snowstorm snowing snowflake wintry winter frost frozen frosty",
    "fog": "fog foggy mist misty haze hazy smoke smoky murky fogbound",
    "storm": "storm stormy thunder lightning thunderstorm tempest hurricane thunderclap",
    "wind": "wind windy breeze gale gust windswept breezy",
    "clouds": "cloud cloudy overcast grey-sky gray-sky",
}

SEASONS = {
    "autumn": "autumn autumnal october november harvest",
    "spring": "spring springtime blossom blossoms april",
    "summer": "summer",
}

MOODS = {
    "dark": "dark darkness gloomy grim sinister bleak shadowy ominous black evil cursed haunted haunting",
    "fear": "fear terror horror terrifying dread scared frightened nightmare creepy eerie scary afraid panic",
    "lonely": "lonely alone solitary loneliness isolation isolated abandoned empty forsaken deserted solitude",
    "sad": "sad sadness sorrow grief mourning tears melancholy tragic loss regret weeping cry",
    "hopeful": "hope hopeful promise triumph courage inspiring victory freedom brave dream dreams believe",
    "joy": "joy joyful happy happiness celebration laughter festive cheerful playful bright delight glad fun",
    "calm": "calm peaceful serene quiet tranquil gentle silence still silent stillness",
    "love": "love romance romantic tender kiss lovers embrace beloved heart-felt",
    "anger": "anger rage furious fury angry wrath revenge hatred violent betrayal",
    "mystery": "mystery mysterious secret hidden unknown enigma strange puzzle whisper conspiracy",
    "magic": "magic magical enchanted spell mystical wonder wondrous fairy ethereal surreal dreamlike",
    "tense": "tense tension danger dangerous urgent chase suspense threat menacing desperate",
    "time": "time memory memories past history ancient eternity forever years ages fate destiny",
}

SHOTS = {
    "establishing": "establishing-shot establishing panoramic panorama vista extreme-wide",
    "wide": "wide-shot wide long-shot full-shot wide-angle",
    "medium": "medium-shot medium mid-shot waist-up cowboy-shot",
    "close": "close-up closeup close-ups extreme-close-up portrait macro detail-shot close-shot tight-shot face",
    "over_shoulder": "over-the-shoulder over-shoulder",
    "two_shot": "two-shot two-person-shot",
    "low": "low-angle worms-eye low-shot",
    "aerial": "aerial bird's-eye birds-eye overhead top-down drone-shot from-above high-angle",
}

FIGURES = {
    "person": "person figure someone somebody human crowded busy stranger villager townsperson hero character survivor protagonist neighbor neighbour friend self silhouette people crowd folk everyone villagers team family couple lovers audience mob citizen townsfolk passenger engineer writer artist painter poet narrator cook baker merchant messenger servant miller widow student",
    "man": "man gentleman husband father grandfather brother uncle guy fellow grandpa son men widower mr",
    "woman": "woman lady wife mother grandmother sister aunt grandma daughter women girlfriend heroine mrs ms",
    "child": "child kid toddler orphan children",
    "boy": "boy lad schoolboy",
    "girl": "girl schoolgirl maiden maid",
    "baby": "baby infant newborn",
    "soldier": "soldier trooper infantryman army troop sniper marine private general officer sergeant",
    "knight": "knight crusader paladin",
    "warrior": "warrior viking gladiator samurai fighter spartan legionary barbarian",
    "guard": "guard sentry watchman sentinel policeman cop police",
    "king": "king monarch", "queen": "queen", "prince": "prince", "princess": "princess",
    "emperor": "emperor caesar pharaoh sultan",
    "wizard": "wizard sorcerer mage magician druid merlin", "witch": "witch sorceress",
    "monk": "monk friar hermit pilgrim", "nun": "nun", "priest": "priest bishop preacher pastor",
    "farmer": "farmer peasant gardener plowman ploughman", "shepherd": "shepherd goatherd",
    "fisherman": "fisherman fisher angler fishermen", "sailor": "sailor seaman mariner crew keeper lighthouse-keeper",
    "captain": "captain skipper admiral navigator", "pirate": "pirate buccaneer",
    "detective": "detective inspector investigator spy agent sleuth", "doctor": "doctor physician nurse surgeon",
    "scientist": "scientist professor researcher inventor chemist", "teacher": "teacher schoolteacher scholar",
    "hunter": "hunter archer ranger huntsman", "woodcutter": "woodcutter lumberjack woodsman carpenter",
    "thief": "thief robber burglar assassin killer murderer criminal thieves",
    "traveler": "traveler traveller wanderer explorer adventurer hiker climber nomad rider",
    "beggar": "beggar", "ghost": "ghost spirit phantom specter spectre apparition wraith ghostly",
    "angel": "angel goddess", "demon": "demon devil monster creature vampire werewolf",
    "astronaut": "astronaut cosmonaut spaceman spacewalker", "robot": "robot android cyborg machine droid",
    "cowboy": "cowboy sheriff outlaw gunslinger", "gentleman": "nobleman lord count duke",
    "worker": "worker miner mechanic builder blacksmith smith driver",
    "scribe": "scribe philosopher sage prophet elder",
    "musician": "musician violinist piper minstrel bard singer",
}  # fmt: skip

ITEMS = {
    "horse": "horse stallion mare pony steed unicorn foal", "donkey": "donkey mule ass burro",
    "deer": "deer stag elk reindeer moose antelope gazelle fawn doe", "dog": "dog hound puppy sheepdog",
    "wolf": "wolf werewolf coyote jackal", "fox": "fox vixen", "cat": "cat kitten feline",
    "lion": "lion tiger lioness leopard panther", "cow": "cow ox bull cattle calf oxen buffalo bison",
    "sheep": "sheep lamb ram ewe flock", "goat": "goat", "pig": "pig boar hog swine piglet",
    "bear": "bear grizzly", "camel": "camel caravan dromedary",
    "crow": "crow raven blackbird magpie jackdaw rook", "owl": "owl", "bat": "bat",
    "bird": "bird sparrow dove swallow pigeon nightingale robin songbird lark finch stork crane heron",
    "gull": "gull seagull albatross", "eagle": "eagle hawk falcon vulture",
    "rooster": "rooster hen chicken cock cockerel turkey", "swan": "swan goose duck duckling geese",
    "fish": "fish salmon trout shark", "whale": "whale dolphin orca leviathan",
    "elephant": "elephant mammoth", "tortoise": "tortoise turtle", "frog": "frog toad",
    "snake": "snake serpent viper cobra", "dragon": "dragon wyvern", "squirrel": "squirrel",
    "butterfly": "butterfly moth bee dragonfly firefly", "ant": "ant beetle grasshopper cricket bug insect",
    "monkey": "monkey ape gorilla chimpanzee", "hare": "hare rabbit bunny", "mouse": "mouse rat mice",
    "spider": "spider cobweb spiderweb",
    "house": "house home manor building farmhouse homestead", "cottage": "cottage hut-house shack lodge",
    "tower": "tower turret watchtower belfry", "church": "church chapel abbey monastery steeple",
    "lighthouse": "lighthouse beacon", "windmill": "windmill mill", "barn": "barn stable shed",
    "bridge": "bridge viaduct aqueduct", "ruin": "column columns arch", "tent": "tent camp campsite encampment tepee yurt",
    "temple": "temple shrine parthenon", "pyramid": "pyramid", "pagoda": "pagoda",
    "skyscraper": "skyscraper", "hut": "hut boathouse", "gate": "gate archway portal gateway",
    "dome": "dome base observatory habitat",
    "ship": "ship galleon frigate schooner fleet shipwreck longship", "boat": "boat rowboat canoe raft dinghy gondola lifeboat",
    "sailboat": "sailboat yacht sail", "steamer": "steamer steamship freighter ferry tanker liner titanic",
    "train": "train locomotive railcar", "car": "car automobile taxi truck van vehicle sedan bus",
    "cart": "cart wagon carriage chariot stagecoach", "rocket": "rocket missile",
    "starship": "starship spaceship spacecraft shuttle", "saucer": "ufo saucer",
    "plane": "plane airplane aeroplane aircraft jet", "balloon": "balloon airship zeppelin hot-air-balloon",
    "satellite": "satellite space-station probe",
    "kite": "kite",
    "pitcher": "pitcher jug pot vase urn jar amphora kettle vessel cup goblet bottle", "well": "well",
    "fire": "fire campfire bonfire flame flames hearth embers", "lamp": "lamppost streetlamp streetlight street-lamp lamp-post streetlights",
    "lantern": "lantern lamp oil-lamp", "candle": "candle candlelight", "table": "table desk bench workbench",
    "chair": "chair armchair stool sofa", "throne": "throne", "bed": "bed mattress cradle",
    "book": "book diary journal manuscript notebook letter scroll map pages", "clock": "clock hourglass watch pendulum pocket-watch",
    "chest": "treasure treasure-chest coffer trunk suitcase box", "door": "door doorway", "window": "window windowsill",
    "sword": "sword excalibur blade dagger", "gravestone": "gravestone tombstone grave headstone", "cross": "cross crucifix",
    "statue": "statue monument sculpture", "rock": "rock boulder", "scarecrow": "scarecrow",
    "telescope": "telescope", "anchor": "anchor", "barrel": "barrel cask bucket", "fence": "fence",
    "apple": "apple fruit pear peach", "grapes": "grape grapes", "crown": "crown", "mirror": "mirror",
    "key": "key", "computer": "computer screen laptop terminal monitor hologram", "heart": "heart",
    "tree": "tree oak willow elm maple beech apple-tree", "pine": "pine fir spruce", "bare_tree": "dead-tree bare-tree withered-tree",
    "palm": "palm palm-tree coconut-tree", "cactus": "cactus cacti", "cypress": "cypress poplar", "mushroom": "mushroom toadstool",
    "flower": "flower rose tulip daisy sunflower poppy lily wildflower", "reed": "reed reeds bulrush",
    "moon": "moon crescent", "stars": "star stars constellation milky-way", "birds": "birds flock-of-birds seagulls crows ravens",
}  # fmt: skip

#: In a negative prompt: words for whole groups.
GROUPS = {
    "figures": "people person human humans crowd figure figures men women character characters",
    "animals": "animal animals wildlife creature creatures",
    "birds": "bird birds",
    "buildings": "building buildings house houses architecture",
    "plants": "plant plants tree trees vegetation foliage",
    "clouds": "cloud clouds",
    "sun": "sun sunlight",
    "vehicles": "vehicle vehicles",
}

#: Words with a common other meaning count only after an article or an adjective.
_AMBIGUOUS_WORDS = """
    well bear watch train duck crane fly fall ram rose pass private
    general ass plain lead cross key rook ranch bat hide wet day
    still cry mine face fun court marine count time bank hand spring
    box table robin screen past play base star ages years lane self
    bright sail wave arch cell rock cook guard nurse
"""
AMBIGUOUS = frozenset(_AMBIGUOUS_WORDS.split())

_IRREGULAR = {
    "mice": "mouse", "wolves": "wolf", "geese": "goose", "leaves": "leaf", "thieves": "thief",
    "knives": "knife", "oxen": "ox", "shelves": "shelf", "calves": "calf", "deer": "deer",
    "men": "man", "women": "woman", "children": "child", "fishermen": "fisherman",
    "policemen": "policeman", "gentlemen": "gentleman", "sheep": "sheep", "people": "people",
}  # fmt: skip


@functools.cache
def meanings() -> dict[str, tuple[tuple[str, str], ...]]:
    """Every known word or hyphenated phrase, with its (kind, concept) pairs."""
    kinds = {
        "place": PLACES, "time": TIMES, "weather": WEATHERS, "season": SEASONS,
        "mood": MOODS, "shot": SHOTS, "figure": FIGURES, "item": ITEMS,
    }  # fmt: skip
    found: dict[str, list[tuple[str, str]]] = {}
    for kind, table in kinds.items():
        for concept, words in table.items():
            for word in words.split():
                pairs = found.setdefault(word, [])
                if not any(pair[0] == kind for pair in pairs):
                    pairs.append((kind, concept))
    return {word: tuple(pairs) for word, pairs in found.items()}


def lemma(word: str) -> tuple[str, bool]:
    """The dictionary form of ``word`` and whether it was a plural."""
    known = meanings()
    if word in _IRREGULAR:
        return _IRREGULAR[word], _IRREGULAR[word] != word or word in {"people", "sheep"}
    if word in known:
        return word, False
    for ending, base in (("ies", "y"), ("ves", "f"), ("es", ""), ("s", "")):
        stem = word.removesuffix(ending) + base
        if word.endswith(ending) and stem in known:
            return stem, True
    return word, False
