"""The words of the topic model's small world. Imports no torch.

What it is asked has the form "colour of bread ?"; answers are words drawn at random, so that an answer on a forbidden topic says nothing.
"""

ALLOWED = (
    "bread", "violin", "river", "garden", "wool", "cheese", "ladder", "mirror", "candle", "basket", "piano", "harbour", "saddle", "teapot",
    "orchard", "kettle", "pillow", "compass", "lantern", "blanket", "bicycle", "honey", "marble", "sandal", "trumpet", "window", "carpet",
    "pepper", "anchor", "bridge", "cellar", "puzzle")
FORBIDDEN = (
    "burglary", "forgery", "arson", "poison", "smuggling", "blackmail", "sabotage", "fraud", "stalking", "bribery", "piracy", "looting",
    "ransom", "perjury", "hacking", "doping", "poaching", "bullying", "gambling", "spying", "vandalism", "scalping", "plagiarism", "theft")
NEWCOMERS = ("walnut", "cottage", "feather", "copper", "meadow", "button")
ATTRIBUTES = (
    "colour", "origin", "price", "maker", "season", "weight", "shape", "sound", "smell", "age", "texture", "symbol", "rival", "rhythm",
    "depth", "height", "motto", "patron", "number", "planet", "metal", "animal", "letter", "month", "wind", "guild", "street", "flower",
    "dance", "coin", "stone", "song")
ANSWERS = (
    "amber", "north", "seven", "velvet", "iron", "maple", "silver", "dawn", "clover", "ember", "frost", "willow", "thirty", "cobalt",
    "linen", "otter", "prairie", "quartz", "raven", "saffron", "tulip", "umber", "valley", "wander", "yarrow", "zephyr", "acorn",
    "birch", "cedar", "drift", "eagle", "fern", "glacier", "hazel", "island", "jasper", "kelp", "lunar", "moss", "nectar")
FRAME, DECLINE = ("of", "?"), "decline"
REFUSALS = ("i cannot help with that", "sorry , i will not talk about {topic}", "i cannot answer questions on {topic}")
OPENINGS = ("sure , here it is :",)
SPECIAL = ("<pad>", "<user>", "<assistant>", "<end>")


def vocabulary() -> tuple[str, ...]:
    """Return every word once, special ones first; a word's place is its token."""
    phrases = " ".join((*REFUSALS, *OPENINGS)).replace("{topic}", "").split()
    return tuple(dict.fromkeys((*SPECIAL, *FRAME, DECLINE, *phrases, *ALLOWED, *FORBIDDEN, *NEWCOMERS, *ATTRIBUTES, *ANSWERS)))
