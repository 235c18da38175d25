"""English words that a picture can show: places, times, weather, people and animals."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PLACES = _words(
    "abbey airport alley apartment attic avenue bakery balcony bar barn basement "
    "bay beach bedroom bridge building cabin cafe camp canal canyon castle cathedral "
    "cave cellar cemetery church city classroom cliff cliffs coast corridor cottage "
    "courtyard crater creek desert dock dungeon factory farm "
    "farmhouse farmyard field fields fireplace forest fort fountain garden gate glacier "
    "grave graveyard hall hallway harbor harbour hill hills hillside hospital hotel "
    "house hut island jungle kitchen laboratory lake lane library lighthouse mansion "
    "market marsh meadow meadows mill mine monastery moon moor mountain mountains museum "
    "ocean office orchard palace park path pasture peak pier planet pond port "
    "prison quay ravine reef restaurant river road rock rocks roof room rooftop ruins "
    "school sea seashore shed ship shop shore sky space spaceship stable stairs "
    "station stream street streets submarine swamp temple tent theatre tower town "
    "trail train tree trees tunnel valley village volcano wasteland waterfall "
    "well wilderness window woods yard"
)

#: Also the commonest of adverbs: a place only where a sentence puts it as one.
DOUBTFUL_PLACES = _words("well")

#: Time of day: its words, and the light that shows it.
TIMES: tuple[tuple[str, frozenset[str]], ...] = (
    ("moonlit night", _words("night nights midnight moon moonlight moonlit stars")),
    ("soft morning light", _words("morning dawn sunrise daybreak")),
    ("warm evening light", _words("evening dusk sunset twilight nightfall sundown")),
    ("bright midday light", _words("noon midday sun sunlight sunny")),
    ("golden afternoon light", _words("afternoon")),
)

WEATHER: tuple[tuple[str, frozenset[str]], ...] = (
    ("stormy sky", _words("storm lightning thunder gale tempest hurricane")),
    ("falling rain", _words("rain raining rainy drizzle downpour")),
    ("drifting snow", _words("snow snowy snowing blizzard frost ice icy")),
    ("thick fog", _words("fog foggy mist misty haze")),
    ("dry dusty air", _words("drought dust parched arid")),
)

MEN = _words(
    "man boy king prince father dad son brother uncle grandfather husband gentleman lord "
    "duke emperor wizard monk priest knight sir lad fisherman fishermen salesman policeman men"
)
WOMEN = _words(
    "woman girl queen princess mother mum mom daughter sister aunt grandmother wife lady "
    "duchess empress witch nun maid lass hen goddess women"
)
PEOPLE = _words(
    "child children baby people crowd farmer hunter soldier captain sailor doctor teacher student detective "
    "scientist engineer keeper shepherd merchant thief stranger traveler traveller "
    "giant dwarf ghost robot alien dragon monster vampire astronaut pilot pirate "
    "explorer artist painter poet writer baker miller tailor blacksmith servant guard "
    "judge nurse warrior hero villain elf fairy troll angel"
)
ANIMALS = _words(
    "crow fox wolf bear lion tiger mouse rat cat dog horse donkey goat sheep lamb cow ox "
    "bull pig rabbit hare tortoise turtle frog toad snake eagle hawk owl raven swan "
    "duck goose bird sparrow nightingale cock rooster fish whale dolphin shark octopus "
    "ant bee grasshopper spider butterfly elephant monkey camel stag deer squirrel "
    "hedgehog badger otter seal crab peacock stork crane"
)
CHARACTERS = MEN | WOMEN | PEOPLE | ANIMALS

#: Words that no picture shows; what is left of a sentence are its keywords.
STOP_WORDS = _words(
    "a about above after again against all almost alone along already also although "
    "always am among an and another any anybody anyone anything are around as at away "
    "back be became because become been before began begin behind being below beneath "
    "beside between beyond both but by came can cannot come could did do does done down "
    "during each either else enough even ever every everyone everything far few first "
    "for from gave get give go goes going gone got had half has have having he her here "
    "hers herself him himself his how however i if in inside instead into is it its "
    "itself just kept knew know last least left less let like little long longer look "
    "looked made make many may me might mine more most much must my myself near nearly "
    "never next no nobody none nor not nothing now of off often on once one only onto or "
    "other our out outside over own past perhaps put quite rather said same saw say see "
    "seemed seen several shall she should since so some somebody someone something soon "
    "still such take taken than that the their them then there these they thing things "
    "think this those though thought three through till time to today together told "
    "tomorrow too took toward towards turned two under until up upon us used very was "
    "way we went were what whatever when where whether which while who whole whose "
    "why will with within without would year years yes yet you your "
    "didn't don't it's they're couldn't wasn't won't it'll can't wouldn't isn't"
)

#: Past forms that end a noun's phrase: "the wind rose".
VERBS = _words(
    "ate beat bent bit blew broke brought built burst bought caught chose clung crept "
    "dealt drank drew drove dug fed fell felt fled flew fought found froze grew heard "
    "held hid hit hung hurt lay leapt led lit lost meant met paid ran rang read rode "
    "rose sang sank sat sent set shone shook shot shut slept slid spent spoke sprang "
    "stole stood stuck struck swam swept swung taught thrown threw tore understood "
    "wept woke won wore wove wrote"
)

SAYING = _words(
    "said says say asked asks replied replies told tells whispered whispers shouted "
    "cried answered called added muttered thought wondered exclaimed murmured"
)

NOT_NAMES = _words(
    "I Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March "
    "April May June July August September October November December God Christmas "
    "English French German Mr Mrs Ms Miss Dr Sir Lady Lord O Oh Ah Yes No"
)
