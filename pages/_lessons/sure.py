"""Sure and wrong: calibration under shift."""

from pages._lessons.record import Lesson, Step

SURE = Lesson(name="sure", title="Sure and wrong", about="Confidence is a number like any other: it can be checked, and it breaks when "
    "data drifts.", steps=(
    Step(question="At home: how many points surer than right are these outputs?", room="calibration_outputs",
         told="Outputs of a finished network on data like its training data. Of cases it calls 80% sure, 80% should be right.",
         metric="over_home", label="Confidence minus accuracy, points", ends=(-0.1, 0.3), figure="reliability", beside=("accuracy_home",),
         reveal="On the diagonal it is as sure as it is right.", note="Let someone estimate something with 90% certainty first."),
    Step(question="The pictures get worse: how many points now?", room="calibration_outputs",
         told="The same network, other data: blurred, noisy, faded.",
         metric="over_shifted", label="Confidence minus accuracy, points", ends=(-0.1, 0.4), figure="reliability", beside=("over_home",
         "accuracy_shifted"),
         reveal="Accuracy falls, confidence hardly follows.", note="Ask for real drift: new camera, new hospital, winter.", minutes=2),
    Step(question="Adapt on the fly: does that help?", room="calibration",
         told="TENT changes the network while it works, so that its answers become more decided. No label is needed.",
         metric="over_tent", label="Confidence minus accuracy, points", ends=(-0.1, 0.5), figure="course", beside=("over_bn",
         "accuracy_tent", "accuracy_bn"),
         reveal="Becoming more decided is not becoming more right. Beside it: the same network with fresh statistics and no training.",
         note="Ask why making answers more decided might be a bad goal.", minutes=2.5),
    Step(question="One number from home, a temperature: what error does it leave after the drift?", room="calibration_outputs",
         told="Dividing all logits by one number makes every answer milder. It was chosen at home.",
         metric="ece_home_temperature", label="Calibration error", ends=(0.0, 0.4), figure="repairs", beside=("ece_shifted", "ece_oracle"),
         reveal="The best temperature would have been another one, and nobody knows it without labels from there.",
         note="If they ask: conformal sets break in the same way.", minutes=2),
    Step(question="What we cannot say", told="That photographs which got worse by themselves behave like these corruptions; or that "
         "people who read a "
         "confidence act on it.", note="Ask who in their field reads confidences.", minutes=1.5)))
