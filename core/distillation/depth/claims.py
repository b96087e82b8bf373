"""What the abstract of the "package deal" claims, and the controls that decide what it means here.

No losses, architectures or figures of the paper could be read: the training is our reading of its abstract, and no number is printed.
"""

from core.lab.claims import Claim, Precondition

SOURCE = "Chen et al. 2023 (2312.08532), abstract; the losses are our reading"
HOUSE = "Control of this study"
SINCE = "2026-11-29"
UNREAD = "not available: only the abstract could be read"
LEARNS = Precondition(metric="full", at_least=0.5, words="the plain network learns its task", remedy="take more images or epochs")
SOUND = Precondition(metric="separate_smallest", at_least=0.5, words="the smallest network can learn the task alone",
                     remedy="take more images or epochs")

CLAIMS = (
    Claim(id="separate", kind="paper", statement="One joint training gives every depth within a point of its own network", source=SOURCE,
          effect="package_mean", effect_words="accuracy, package, all depths", control="separate_mean",
          control_words="a network for each depth", expected="above", margin=-0.01, margin_reason="comparable means within one point",
          margin_date=SINCE, published=UNREAD, unit="%", resolution=0.001, preconditions=(LEARNS, SOUND)),
    Claim(id="truncation", kind="paper", statement="Far above leaving blocks out of a plain network", source=SOURCE,
          effect="package_smallest", effect_words="accuracy, package, fewest blocks", control="truncated_smallest",
          control_words="plain network, fewest blocks left", expected="above", margin=0.1, margin_reason="far means ten points",
          margin_date=SINCE, published=UNREAD, unit="%", resolution=0.001, preconditions=(LEARNS,),
          note="Both have their BatchNorm statistics estimated again"),
    Claim(id="full", kind="paper", statement="At full depth no worse than a plain network", source=SOURCE, effect="package_full",
          effect_words="accuracy, package, full depth", control="full", control_words="plain network", expected="above", margin=-0.01,
          margin_reason="comparable means within one point", margin_date=SINCE, published=UNREAD, unit="%", resolution=0.001,
          preconditions=(LEARNS,)),
    Claim(id="leader", kind="paper", statement="The Leader matters", source=SOURCE, effect="package_mean",
          effect_words="accuracy, package, all depths", control="no_leader_mean", control_words="the same without the Leader",
          expected="above", margin_date=SINCE, published=UNREAD, unit="%", resolution=0.001, preconditions=(LEARNS,)),
    Claim(id="pays", kind="question", statement="Depth pays on this task", source=HOUSE, effect="full",
          effect_words="accuracy, plain network, all blocks", control="separate_smallest", control_words="a network of the fewest blocks",
          expected="above", margin=0.02, margin_reason="two points are worth three times the work", margin_date=SINCE, unit="%",
          resolution=0.001, preconditions=(LEARNS,),
          note="Where it does not, that a shallow part does as well as the whole says little of joint training"),
    Claim(id="size", kind="question", statement="The gap to separate networks does not depend on the number of images", source=HOUSE,
          effect="package_beyond", effect_words="package minus separate", control="package_beyond_more",
          control_words="the same on the larger set, as many steps", expected="within", margin=0.01,
          margin_reason="a point is what one would notice", margin_date=SINCE, unit="pt", resolution=0.0001, preconditions=(LEARNS,),
          note="The abstract calls the method insensitive to the size of feature maps; of the number of images it says nothing"),
    Claim(id="norms", kind="question", statement="Scale and shift of its own for each depth help", source=HOUSE, effect="sandwich_own_mean",
          effect_words="accuracy, all depths, scale and shift each", control="sandwich_mean",
          control_words="shared, statistics estimated again", expected="above", margin_date=SINCE, unit="%", resolution=0.001,
          preconditions=(LEARNS,)),
    Claim(id="one", kind="question", statement="Better than one network at equal cost", source=HOUSE, effect="package_mean",
          effect_words="accuracy, package, all depths", control="sandwich_long_mean", control_words="one net, sandwich rule, equal cost",
          expected="above", margin_date=SINCE, unit="%", resolution=0.001, preconditions=(LEARNS,),
          changes=((SINCE, "Equal cost is counted in multiply-adds, not in passes, after seeing seeds 100 to 104"),)),
    Claim(id="statistics", kind="self-check", statement="Each depth needs its own BatchNorm statistics", source=HOUSE,
          effect="sandwich_smallest", effect_words="accuracy, fewest blocks, estimated again", control="sandwich_smallest_shared",
          control_words="shared statistics", expected="above", margin=0.05, margin_reason="smaller would not mislead", margin_date=SINCE,
          unit="%", resolution=0.001, preconditions=(LEARNS,)),
)
