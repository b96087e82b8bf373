"""One seed of depth: every way to get many depths, trained side by side, judged depth by depth."""

from collections.abc import Sequence

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
    check_images(data, n_train=config.n_train, n_validation=0, n_test=config.n_test)
    images = draw_images(data, seed, n_train=config.n_train, n_validation=0, n_test=config.n_test)
    context.begin(1)
    trained = train_single(config, images, seed, context)
    context.begin(2)
    trained |= train_package(config, images, seed, context)
    context.begin(3)
    judging = Judging(config, images, seed)
    depths, logits = judge(judging, trained, context)
    context.begin(4)
    costs = cost_table(judging, trained)
    predictions, shown = prediction_table(judging, depths, logits)
    return DepthResult(**headlines(depths, costs, config), depths=depths, costs=costs, predictions=predictions, images=shown)


def terms_of(config: DepthConfig) -> Terms:
    """Return the weights of the package's loss."""
    return Terms(config.guidance if config.leader else 0.0, config.mutual, config.down, config.temperature)


def train_single(config: DepthConfig, images: Images, seed: int, context: Context) -> dict[str, Student]:
    """Return all that is one network: every depth alone, random depth, sandwich rule, the same with norms a depth and for longer, exits."""
    drops, terms = sub_networks(config.per_stage, "a", config.most_dropped), terms_of(config)
    losses: dict[str, StepLoss] = {f"separate-{depth}": fixed_depth(dropped) for depth, dropped in drops.items()}
    losses |= {"sandwich": sandwich(drops, terms)} | ({"random": random_depth(drops)} if config.kind == "blocks" else {})
    trained = _train(config, images, "blocks", config.epochs, losses, seed, context)
    own = {"sandwich-own": losses["sandwich"]} | ({"random": random_depth(drops)} if config.kind == "blocks_own" else {})
    trained |= _train(config, images, "blocks_own", config.epochs, own, seed, context)
    trained |= _train(config, images, config.kind, equal_epochs(config, images), {"sandwich-long": losses["sandwich"]}, seed, context)
    return trained | _train(config, images, "blocks_exits", config.epochs, {"exits": every_exit}, seed, context)


def train_package(config: DepthConfig, images: Images, seed: int, context: Context) -> dict[str, Student]:
    """Return the package, and the package without each part of its loss."""
    drops = [sub_networks(config.per_stage, family, config.most_dropped) for family in ("a", "b")]
    terms = terms_of(config)
    losses = {"package": package(*drops, terms)}
    if config.ablations:
        losses |= {"no-leader": package(*drops, Terms(0.0, terms.mutual, terms.down, terms.temperature)),
                   "no-mutual": package(*drops, Terms(terms.guidance, 0.0, terms.down, terms.temperature)),
                   "no-down": package(*drops, Terms(terms.guidance, terms.mutual, 0.0, terms.temperature))}
    kind = "blocks_trio_own" if config.kind == "blocks_own" else "blocks_trio"
    return _train(config, images, kind, config.epochs, losses, seed, context)


def _train(config: DepthConfig, images: Images, kind: str, epochs: int, losses: dict[str, StepLoss], seed: int,
           context: Context) -> dict[str, Student]:
    """Return one network per loss, by name; networks of one call begin with the same weights."""
    training = TrainingConfig(
        model=f"{kind}:{'-'.join(map(str, config.per_stage))}", width=config.width, epochs=epochs, batch_size=config.batch_size,
        learning_rate=config.learning_rate)
    lesson = Lesson(*images.train, images.n_classes, training, seed, images.data.fingerprint)
    recipes = [{"kind": "depth", "arm": name, **recipe} for name, recipe in zip(losses, [_recipe(config, name) for name in losses],
                                                                                 strict=True)]
    identities = [identity_of(lesson, recipe) for recipe in recipes]
    networks: Sequence[Student] = train_and_keep(lesson, identities, routine_of(list(losses.values()), seed), context)
    return dict(zip(losses, networks, strict=True))


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
