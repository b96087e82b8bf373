"""A method by its name, fresh for one stream."""

import torch

from core.calibration.catalogue import METHODS
from core.calibration.judge import AtHome
from core.calibration.network import Subject
from core.calibration.stream import Adapter, Settings, Shared
from core.calibration.streams import Scene
from core.calibration.study.config import CalibrationConfig
from core.lab.experiment import load_object
from core.lab.seeds import torch_seed
from core.measures.temperature import certainty_temperature

N_FISHER = 512


def adapter_of(name: str, subject: Subject, scene: Scene, home: AtHome, shared: Shared, config: CalibrationConfig, seed: int) -> Adapter:
    """Return a fresh adapter; the ablation's one temperature is the mean over the stream of the rule."""
    still = torch.cat([batch.still[0] for batch in shared.batches]).numpy()
    hot = float(certainty_temperature(still, home.rule, low=config.coldest, high=config.hottest).mean())
    settings = Settings(config.adapt_rate, config.coldest, config.hottest, config.fisher, home.rule, hot,
                        torch_seed(seed, "calibration", "methods") % 2**31, torch.from_numpy(scene.home[0][:N_FISHER]))
    return load_object(METHODS[name].place)(subject, settings)
