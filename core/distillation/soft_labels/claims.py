"""What ReffAKD claims, and the controls that decide what it means here. No figure of the paper could be read: none is printed."""

from core.lab.claims import Claim, Precondition

SOURCE = "ReffAKD (Gyawali et al. 2024), abstract"
HOUSE = "Control of this study"
SINCE = "2026-11-29"
UNREAD = "not available: only abstract and code could be read"
LEARNS = Precondition(metric="accuracy_hard", at_least=0.5, words="the student learns its task from hard labels",
                      remedy="take more images or epochs")
LARGER = Precondition(metric="teacher_size", at_least=1.01, words="the teacher is larger than its student",
                      remedy="take a larger teacher, or a smaller student")

CLAIMS = (
    Claim(id="teacher", kind="paper", statement="No worse than distillation from a larger teacher", source=SOURCE,
          effect="accuracy_encoder", effect_words="accuracy, autoencoder's labels", control="accuracy_kd",
          control_words="distillation, chosen alike", expected="above", margin=-0.01,
          margin_reason="similar means no more than one point worse", margin_date=SINCE, published=UNREAD, unit="%", resolution=0.00025,
          preconditions=(LARGER, LEARNS), changes=((SINCE, "It is not tested where the teacher is no larger than its student"),)),
    Claim(id="strength", kind="question", statement="Beyond label smoothing of equal strength", source=HOUSE, effect="accuracy_encoder",
          effect_words="accuracy, autoencoder's labels", control="accuracy_uniform", control_words="same own-class probability, rest even",
          expected="above", margin=0.0, margin_date=SINCE, unit="%", resolution=0.00025, preconditions=(LEARNS,)),
    Claim(id="classes", kind="question", statement="Which classes look alike matters", source=HOUSE, effect="accuracy_sharp",
          effect_words="accuracy, sharpened labels", control="accuracy_sharp_permuted", control_words="same entropy, wrong classes",
          expected="above", margin=0.0, margin_date=SINCE, unit="%", resolution=0.00025, preconditions=(LEARNS,),
          note="Sharpened, since the released labels are too even for their classes to tell"),
    Claim(id="cost", kind="paper", statement="Far fewer resources than a teacher", source=SOURCE, effect="cost_encoder",
          effect_words="CPU seconds, autoencoder's labels", control="cost_teacher", control_words="CPU seconds, teacher and its answers",
          expected="below", margin=0.6931, margin_reason="far fewer means at most half", margin_date=SINCE, published=UNREAD, ratio=True,
          preconditions=(LARGER,), note="The size of the teacher decides it; multiply-adds stand in the table of costs",
          changes=((SINCE, "CPU time in place of multiply-adds, which are the same in every seed and so have no interval"),)),
    Claim(id="adding", kind="paper", statement="Adding the labels to distillation helps", source=SOURCE, effect="accuracy_both",
          effect_words="accuracy, distillation and labels", control="accuracy_both_uniform",
          control_words="distillation and smoothing of equal strength", expected="above", margin=0.0, margin_date=SINCE, published=UNREAD,
          unit="%", resolution=0.00025, preconditions=(LEARNS,)),
    Claim(id="size", kind="question", statement="The gain does not depend on the number of images", source=HOUSE, effect="gain_here",
          effect_words="gain over hard labels", control="gain_more", control_words="gain on the larger set", expected="within",
          margin=0.01, margin_reason="a point is what one would notice", margin_date=SINCE, unit="pt", resolution=0.00025,
          preconditions=(LEARNS,)),
)
