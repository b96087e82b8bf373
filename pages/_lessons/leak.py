"""Does it leak: membership inference from the outside."""

from pages._lessons.record import Lesson, Step

LEAK = Lesson(name="leak", title="Does it leak?", about="Training data can be told from the outside: how well, at what false-alarm rate, "
    "and what helps.", steps=(
    Step(question="A member and a stranger stand side by side: how often does the attack point at the member?", room="privacy",
         told="A small network saw one half of a pool of images. The attacker sees only its answers, and has trained such networks "
         "himself.",
         metric="auc", label="Share of pairs told right; a coin reaches 0.50", ends=(0.4, 1.0), figure="scores", beside=("auc_shuffled",),
         reveal="Where the two shapes overlap the attacker can only guess. With shuffled membership, the control, there is nothing to "
         "find.",
         note="Draw two boxes: seen, not seen. Ask for a show of hands before the numbers. Name the AUC only afterwards.", minutes=2),
    Step(question="And an attacker who only looks at how wrong the network is?", room="privacy",
         told="No networks of his own, one number for each image: the loss. Small loss, probably a member.",
         metric="auc_loss", label="Share of pairs told right; a coin reaches 0.50", ends=(0.4, 1.0), figure="league", beside=("auc",
         "auc_gain"),
         reveal="Knowing what is normal for each image is what makes the attack: an easy image has a small loss whether it was seen or "
         "not.",
         note="This is the step where people meet calibration to difficulty. Ask which images look easy.", minutes=2),
    Step(question="Nobody accused in vain: of 1,000 members, how many are named at one false accusation in 1,000?", room="privacy",
         told="An average over all images says little about the few who are exposed. Here hardly anybody may be accused wrongly.",
         metric="tpr_at_01_percent", label="Share of members named; guessing names 0.1%", ends=(0.0, 0.3), figure="roc",
         beside=("tpr_at_1_percent",), reveal="Read at the left of the curve. Below one in the number of strangers nothing can be "
         "resolved.",
         note="The court-room picture works: how many guilty at one innocent in a thousand?", minutes=2),
    Step(question="How much better is the network on what it has seen?", room="privacy",
         told="The difference between training and test accuracy is called the generalisation gap.",
         metric="accuracy_gap", label="Points of accuracy", ends=(0.0, 0.4), figure="early-stopping", beside=("train_accuracy",
         "test_accuracy"),
         reveal="Leakage grows with the gap while the network trains. It is not the only cause, and a small gap proves nothing.",
         note="Ask: would you stop training earlier? What would you give up?"),
    Step(question="One defence, at its middle strength: what does the attack still reach?", room="privacy_defence",
         told="The loss is held at a level instead of falling to zero, so members stay as uncertain as others.",
         metric="auc", label="Share of pairs told right; a coin reaches 0.50", ends=(0.4, 1.0), figure="roc", beside=("auc_plain",
         "accuracy_cost", "auc_stopped"),
         reveal="Compare with the price in accuracy, and with stopping early, which costs nothing to implement.",
         note="The rival that is often left out of papers is stopping early. Say so."),
    Step(question="What we cannot say", told="That a model with a low number is safe; that this number holds for larger networks or "
         "other data; that "
         "an attacker who sees the weights would do no better; or who in particular is exposed, without looking at the images one by one.",
         note="Let the class name further limits before you show the sentence. A low number is no certificate.", minutes=1)))
