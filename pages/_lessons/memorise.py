"""Memorise or generalise: wrong labels, and what LayerNorm has to do with it."""

from pages._lessons.record import Lesson, Step

MEMORISE = Lesson(name="memorise", title="Memorise or generalise?", about="A network can learn nonsense by heart; where that sits is "
    "harder to say than it seems.", steps=(
    Step(question="A few labels are wrong on purpose: how many of them does the network learn by heart?", room="layernorm",
         told="A small transformer, trained until its training labels fit. The wrong labels follow no rule.",
         metric="memorised_post", label="Share of the wrong labels", figure="shares-post", beside=("learning_post",),
         reveal="Nothing about the image predicts a wrong label: whatever is fitted was stored. Test accuracy tells what was understood.",
         note="Ask whether memorising must hurt. Compare with the test accuracy.", minutes=2),
    Step(question="Now without LayerNorm: how many?", room="layernorm",
         told="A published claim says that LayerNorm is where memorising happens. So its scales and shifts are taken out before "
         "fine-tuning.",
         metric="memorised_stripped_post", label="Share of the wrong labels", figure="shares-post", beside=("memorised_post",
         "memorised_drop_post"),
         reveal="Compare with the intact model beside it, and look at the epochs: is it prevented, or only later?",
         note="Let them commit before Reveal. The claim is from a paper; this is a small copy of it.", minutes=2),
    Step(question="At equal fit of the right labels, how much less is memorised?", room="layernorm",
         told="A model that learns everything more slowly also memorises later. So both are compared where they fit the right labels "
         "equally well.",
         metric="memorised_drop_matched_post", label="Points less; below zero is more", ends=(-0.4, 0.6), figure="delay",
         beside=("memorised_drop_matched_elsewhere_post",), reveal="This is the control that separates delay from prevention. Read "
         "upwards at the dotted line.",
         note="The key idea of the lesson: compare at equal fit, never at equal time.", minutes=2),
    Step(question="One and the same function, written in another way: what can taking LayerNorm out cost?", room="layernorm_gauge",
         told="Scales can be moved from LayerNorm into the next layer without changing a single output.",
         metric="cost", label="Points of accuracy lost at most", figure="gauge", beside=("cost_none",),
         reveal="The same function can lose almost nothing or nearly everything: the number describes how it is written.",
         note="If time is short, skip the formula and say: same machine, other wiring.", minutes=2),
    Step(question="What we cannot say", told="That LayerNorm plays no part in models of the size in use; what taking it out after "
         "training would do; or whether "
         "what was memorised can be read out by somebody else.",
         note="Ask what experiment would change their mind.", minutes=1.5)))
