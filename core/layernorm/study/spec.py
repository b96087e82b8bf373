"""The LayerNorm room as a record: what it asks, takes, returns and claims. Imports no torch."""

from core.lab.experiment import Experiment, Preset, Shipped, Step
from core.layernorm.config import FULL, LITE, STANDARD, TEXTS, LayerNormConfig, data_fingerprint, work_of
from core.layernorm.study.claims import CLAIMS
from core.layernorm.study.result import LayerNormResult

LAYERNORM = Experiment(
    name="layernorm",
    title="LayerNorm memorization",
    question="Does LayerNorm store the wrong labels a model learns?",
    config=LayerNormConfig,
    result=LayerNormResult,
    presets=(
        Preset("lite", "lite: about two minutes", LITE, (0,), 110.0, gallery_seeds=(0, 1, 2, 3, 4)),
        Preset("standard", "standard: the paper's protocol, MiniLM", STANDARD, (103,), 355.0, gallery_seeds=()),
        Preset("full", "full: BERT and GPT-Neo, 5 h on a GPU, estimated", FULL, (103, 104, 105, 106, 107), 3600.0, gpu=True,
               gallery_seeds=(), slice=("epochs=10", "evaluations=10", "controls=false")),
    ),
    steps=(
        Step("Pretrain", 24.0),
        Step("Strip before any training", 3.0),
        Step("Fine-tune every variant", 80.0),
        Step("Report", 1.0),
    ),
    run="core.layernorm.study.experiment:run",
    figures="core.layernorm.study.figures:FIGURES",
    texts="core.layernorm.study.words:TEXTS",
    claims=CLAIMS,
    version=1,
    fingerprint=data_fingerprint,
    work=work_of,
    headline="memorised_drop_post",
    shipped=(Shipped("texts", "Texts, six epochs without dropout", TEXTS, (0, 1, 2)),),
    fit="core.layernorm.fitting:fit",
)
