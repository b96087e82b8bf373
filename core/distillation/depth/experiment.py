"""One seed of depth: every way to get many depths, trained side by side, judged depth by depth."""

from dataclasses import dataclass, replace

from core.data.sources import load
from core.distillation.depth.config import DepthConfig
from core.distillation.depth.cost import equal_epochs
from core.distillation.depth.judging import Judging, judge
from core.distillation.depth.result import DepthResult
from core.distillation.depth.tables import cost_table, headlines, prediction_table
from core.distillation.depths import sub_networks
from core.distillation.images import Images, check_images, draw_images
from core.distillation.joint_training import StepLoss, Terms, every_exit, fixed_depth, package, random_depth, routine_of, sandwich
from core.distillation.students import Lesson, Student, identity_of, train_and_keep
from core.lab.experiment import Context
from core.training.config import TrainingConfig


def run(config: DepthConfig, seed: int, context: Context) -> DepthResult:
    """Return one seed of the study.

    Raises:
        InputError: If the data has one class or too few images.
        RunFailed: If a training diverges.
    """
    context.begin(0)
    data = load(config.dataset)
    check_images(data, n_train=max(config.n_train, config.n_more), n_validation=0, n_test=config.n_test)
    images = draw_images(data, seed, n_train=config.n_train, n_validation=0, n_test=config.n_test)
    more = draw_images(data, seed, n_train=config.n_more, n_validation=0, n_test=config.n_test) if config.n_more else images
    context.begin(1)
    trained = train_all(config, images, more, seed, context)
    context.begin(2)
    judging = Judging(config, images, seed)
    depths, logits = judge(judging, trained, context)
    context.begin(3)
    costs = cost_table(judging, trained)
    predictions, shown = prediction_table(judging, depths, logits)
    return DepthResult(**headlines(depths, costs, config), depths=depths, costs=costs, predictions=predictions, images=shown)


def terms_of(config: DepthConfig) -> Terms:
    """Return the weights of the package's loss."""
    return Terms(config.guidance if config.leader else 0.0, config.mutual, config.down, config.temperature)


@dataclass(frozen=True, eq=False)
class Training:
    """One training: the kind of network, its epochs, its loss, whether on the larger training set."""

    kind: str
    epochs: int
    loss: StepLoss
    on_more: bool = False


def trainings(config: DepthConfig, images: Images) -> dict[str, Training]:
    """Return every training by name, dear ones first; all networks of one kind begin with the same weights."""
    drops = {family: sub_networks(config.per_stage, family, config.most_dropped) for family in ("a", "b")}
    terms, trio = terms_of(config), "blocks_trio_own" if config.kind == "blocks_own" else "blocks_trio"
    variants = {"package": terms}
    if config.ablations:
        variants |= {"no-leader": replace(terms, guidance=0.0), "no-mutual": replace(terms, mutual=0.0),
                     "no-down": replace(terms, down=0.0)}
    together = sandwich(drops["a"], terms)
    found = {name: Training(trio, config.epochs, package(drops["a"], drops["b"], mine)) for name, mine in variants.items()}
    found |= {"sandwich-long": Training(config.kind, equal_epochs(config, images), together),
              "sandwich-own": Training("blocks_own", config.epochs, together), "sandwich": Training("blocks", config.epochs, together),
              "exits": Training("blocks_exits", config.epochs, every_exit),
              "random": Training(config.kind, config.epochs, random_depth(drops["a"]))}
    found |= {f"separate-{depth}": Training("blocks", config.epochs, fixed_depth(dropped)) for depth, dropped in drops["a"].items()}
    if config.n_more:
        found |= {f"more-{name}": replace(one, epochs=config.epochs_more, on_more=True) for name, one in found.items()
                  if name == "package" or name.startswith("separate-")}
    return found


def train_all(config: DepthConfig, images: Images, more: Images, seed: int, context: Context) -> dict[str, Student]:
    """Return every trained network by name; all of them fill the cores together. ``more`` begins with ``images``."""
    wanted = trainings(config, images)
    lessons = [Lesson(*(more if one.on_more else images).train, images.n_classes, TrainingConfig(
        model=f"{one.kind}:{'-'.join(map(str, config.per_stage))}", width=config.width, epochs=one.epochs, batch_size=config.batch_size,
        learning_rate=config.learning_rate, augmentation=config.augmentation), seed, images.data.fingerprint) for one in wanted.values()]
    identities = [identity_of(lesson, {"kind": "depth", "arm": name.removeprefix("more-")} | _recipe(config, name.removeprefix("more-")))
                  for lesson, name in zip(lessons, wanted, strict=True)]
    networks = train_and_keep(lessons, identities, routine_of([one.loss for one in wanted.values()], seed), context)
    return dict(zip(wanted, networks, strict=True))


def _recipe(config: DepthConfig, name: str) -> dict[str, object]:
    """Return the settings that decide a network's weights beside its training: none for plain networks but their depth.

    Version 2: what the depths of a step do alike runs once, which moves the last bits.
    """
    if name.startswith(("separate-", "exits")):
        return {}
    if name == "random":
        return {"most_dropped": config.most_dropped}
    terms = terms_of(config)
    return {"version": 2, "most_dropped": config.most_dropped, "guidance": terms.guidance, "mutual": terms.mutual, "down": terms.down,
            "temperature": terms.temperature}
