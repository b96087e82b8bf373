"""One setting of compression, answered in seconds: what the experiment asks, takes, returns and claims. Imports no torch."""

from core.compression.cohorts import data_fingerprint
from core.compression.config import FULL, work_of_training
from core.compression.setting.claims import CLAIMS
from core.compression.setting.config import SettingConfig
from core.compression.setting.result import SettingResult
from core.lab.experiment import Change, Experiment, Preset, Step
from core.lab.work import Work


def work_of(config: SettingConfig) -> Work:
    """Return what one seed amounts to where the float networks are not kept yet."""
    epochs = config.epochs + (1.6 * config.retrain_epochs if config.is_trained else 0.0)
    return work_of_training(config, 2 * config.n_train * epochs, alone=3.0)


COMPRESSION_SETTING = Experiment(
    name="compression_setting",
    title="Compression, one setting",
    question="Who pays at this one setting?",
    config=SettingConfig,
    result=SettingResult,
    presets=(
        Preset("lite", "lite: some seconds", SettingConfig(), (100,), 11.0, gallery_seeds=(100, 101, 102, 103, 104)),
        Preset("full", "full: for a GPU", SettingConfig(
            **FULL, method="prune_train", prune_percent=95.0), (100, 101, 102, 103, 104),
               300.0, gpu=True, gallery_seeds=()),
    ),
    steps=(
        Step("Draw the groups", 0.3),
        Step("Train both copies", 8.0),
        Step("Make them smaller", 2.0),
        Step("Judge the groups", 1.5),
    ),
    run="core.compression.setting.experiment:run",
    figures="core.compression.setting.figures:FIGURES",
    texts="core.compression.setting.words:TEXTS",
    claims=CLAIMS,
    version=2,
    changes=(Change(2, "2026-11-20", "Every setting has all its links, as in the study."),),
    fingerprint=data_fingerprint,
    work=work_of,
    headline="did",
    fit="core.compression.fitting:fit",
)
