"""Who pays: compression and the small groups."""

from pages._lessons.record import Lesson, Step

WHO_PAYS = Lesson(name="who-pays", title="Who pays?", about="Average accuracy hides who loses when a network is made smaller.", steps=(
    Step(question="Rounded to a few bits: how many points more do small groups lose than large ones?", room="compression",
         told="Classes have very different numbers of training images. Weights are rounded to a few bits, then trained further.",
         metric="did_qat", label="Extra points lost; 0 is all alike", ends=(-0.1, 0.3), figure="trained", beside=("did_sham",),
         reveal="The comparison subtracts what the same classes lose in a balanced copy: difficulty is not size. Sham: trained further, "
         "not rounded.",
         note="Explain the difference of differences with two rows on the board.", minutes=2.5),
    Step(question="And with most weights pruned away?", room="compression", told="The smallest weights are set to zero, then the rest is "
         "trained further.",
         metric="did_prune", label="Extra points lost; 0 is all alike", ends=(-0.1, 0.3), figure="who", beside=("did_qat", "did_ptq"),
         reveal="Look along the way from float to the smallest network: where do the lines part?",
         note="Ask at which point they would stop compressing.", minutes=2),
    Step(question="Show small groups more often in training: what gap is left?", room="compression_repair",
         told="The gap is the best minus the worst group, in the smallest network.",
         metric="repaired_gap", label="Points between best and worst group", figure="arms", beside=("qat_gap", "repair_float"),
         reveal="Part of the repair also happens without any compression: see what the same sampling does in float.",
         note="Who would be against this repair? The large groups pay a little.", minutes=2.5),
    Step(question="What we cannot say", told="That groups of people behave like classes of clothes; how networks of the size in use "
         "fare; or that a gap of zero "
         "would be fair.", note="Fairness is a choice of measure. Collect others.", minutes=2)))
