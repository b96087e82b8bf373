"""A handful of units: where refusals sit in a language model."""

from pages._lessons.record import Lesson, Step

UNITS = Lesson(name="units", title="A handful of units", about="A model's refusals can hang on very few of its units; that says "
    "something about how thin alignment is.", steps=(
    Step(question="A small language model was taught to refuse: how many harmful requests does it refuse?", room="safety",
         told="A model of 135 million weights, tuned for a short while on examples of refusing.",
         metric="refusal_aligned", label="Share refused", figure="refusals", beside=("refusal_base", "false_refusal"),
         reveal="Look also at what it refuses wrongly: a model that refuses everything is safe and useless.",
         note="Do not read requests aloud. They are mild, and still not the point.", minutes=2),
    Step(question="Half a per cent of its units go: how many requests does it still refuse?", room="safety",
         told="Each unit gets a score for how much it serves refusing beyond ordinary work. The highest ones are taken out.",
         metric="refusal_scu", label="Share refused", figure="refusals", beside=("refusal_aligned",),
         reveal="Compare with the whole model. The interval is over models trained from different starts.",
         note="Let the class guess in hands before you collect guesses.", minutes=2),
    Step(question="And if as many random units go?", room="safety", told="The control that any such claim needs.",
         metric="refusal_random", label="Share refused", figure="refusals", beside=("refusal_scu",),
         reveal="Without this bar the last one would mean nothing.", note="Ask for a further control: units of equal size, of the same "
         "layers."),
    Step(question="Can it still write? How many times more perplexed is it?", room="safety",
         told="Perplexity counts between how many words the model wavers. 1 would be no change.",
         metric="perplexity_ratio_scu", label="Times the perplexity of the whole model", ends=(0.5, 5.0), figure="utility",
         beside=("perplexity_ratio_random", "accuracy_drop_scu"), reveal="A model that refuses nothing because it cannot speak has lost "
         "more than its refusals.",
         note="Distinguish breaking a lock from burning the house.", minutes=2),
    Step(question="What we cannot say", told="That models which people talk to are as thin; that answers after the removal would help "
         "anybody; or that "
         "protecting these units would protect the model.", note="Ask what they would test before saying so in public.", minutes=2)))
