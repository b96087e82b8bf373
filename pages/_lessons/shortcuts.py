"""Shortcuts: a cue that will not hold."""

from pages._lessons.record import Lesson, Step

SHORTCUTS = Lesson(name="shortcuts", title="Shortcuts", about="A network takes the cue that is easiest, and average accuracy does not "
    "show it.", steps=(
    Step(question="A mark goes with one class in training: how often does it mislead on images of another?", room="spurious",
         told="Some training images of one class carry a mark. At test time the mark is put on another class.",
         metric="reliance", label="Share misled", figure="causal", beside=("reliance_clean", "average_accuracy"),
         reveal="Beside it: a network that never saw the mark. What is above that is the mark's doing. Average accuracy looks fine.",
         note="Tell the story of the ruler in the skin pictures, or your own.", minutes=2),
    Step(question="Which carriers teach it: what do the hard ones alone do?", room="spurious",
         told="Every image has a difficulty. The mark is put on the hardest images of the class, as many as before.",
         metric="reliance_hardest", label="Share misled", figure="causal", beside=("reliance_easiest", "reliance_middle"),
         reveal="Easy images are learned without the mark. Hard ones need it: the same number of marks does more harm there.",
         note="Ask for an intuition first: does the network need the mark on easy images?", minutes=2),
    Step(question="Leave the hardest images out: how often is it misled then?", room="spurious",
         told="The hardest share of every class goes, without looking for marks, and a fresh network is trained on the rest.",
         metric="reliance_pruned", label="Share misled", figure="sweep", beside=("reliance", "reliance_random"),
         reveal="The control is a random share of the same size. Compare both with no pruning at all.",
         note="Insist on the control: fewer images change things by themselves.", minutes=2),
    Step(question="And the price: how many points of accuracy go?", room="spurious",
         told="Hard images are also what a network learns from.",
         metric="accuracy_cost", label="Points of average accuracy", ends=(-0.05, 0.3), figure="accuracy",
         beside=("average_accuracy_pruned", "worst_group_accuracy_pruned"),
         reveal="A repair has a price, and somebody must say whether it is worth it.",
         note="Ask who should decide.", minutes=2),
    Step(question="What we cannot say", told="Whether cues that nobody planted behave like this mark; what happens with several cues at "
         "once; or that a network "
         "that passes this test leans on nothing.", note="Let each name a cue in data they know.", minutes=1.5)))
