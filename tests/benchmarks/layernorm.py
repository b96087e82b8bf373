"""Epochs per second of the LayerNorm room against a plain loop and against the same model in transformers. Run by hand.

``python -m tests.benchmarks.layernorm [--device cuda] [--repeats 5]``. Every ratio is measured against its peer in the same run,
alternating; the median is printed with the smallest and the largest value and n. On a CPU times are CPU seconds of one core, so that
other work on the machine matters less; on a GPU they are wall seconds.
"""

import argparse
import statistics
import time

import torch
import torch.nn.functional as F
from torch import nn

from core.data.torchvision_import import import_torchvision
from core.models.patch_transformer import PatchTransformer
from core.training.forked import keep_freed_memory
from core.training.images import to_input
from core.training.side_by_side import train_side_by_side
from core.training.variation import Course, Feed, Variation

N_TRAIN, BATCH, EPOCHS, VARIANTS = 600, 32, 2, 8


class FromTransformers(nn.Module):
    """The Pre-LN patch transformer of the same sizes, as transformers writes a ViT (one class token more): mean over tokens."""

    def __init__(self) -> None:
        super().__init__()
        import_torchvision("transforms")  # transformers fails where torchvision does not fit torch
        from transformers import ViTConfig, ViTModel

        config = ViTConfig(hidden_size=48, num_hidden_layers=3, num_attention_heads=3, intermediate_size=192, image_size=28, patch_size=7,
                           num_channels=1, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
        self.body, self.head = ViTModel(config, add_pooling_layer=False), nn.Linear(48, 10)

    def forward(self, x):
        features = self.body(pixel_values=x).last_hidden_state.mean(1)
        return self.head(features), features


def feed_of() -> Feed:
    """Return noise images: how fast training goes does not depend on what they show."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (N_TRAIN, 28, 28, 1), dtype=torch.uint8, generator=generator)
    return Feed(images, torch.randint(0, 10, (N_TRAIN,), generator=generator), N_TRAIN, 10, to_input)


def plain_loop(network: nn.Module, feed: Feed, device: str) -> None:
    """Train ``EPOCHS`` epochs the way most people write it: torch.optim.Adam, one model."""
    network.to(device).train()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    inputs, labels = feed.inputs.to(device), feed.labels.to(device)
    for _ in range(EPOCHS):
        for rows in torch.randperm(feed.n_train).to(device).split(BATCH):
            optimizer.zero_grad()
            F.cross_entropy(network(feed.prepare(inputs[rows]))[0], labels[rows]).backward()
            optimizer.step()


def ours(network: nn.Module, feed: Feed, device: str, variants: int) -> None:
    """Train ``EPOCHS`` epochs of several variants side by side, in this process on a CPU, in one computation on a GPU."""
    start = {name: value.detach().cpu().clone() for name, value in network.state_dict().items()}
    runs = [Variation(str(index), network, feed, start) for index in range(variants)]
    train_side_by_side(runs, Course(EPOCHS, BATCH, 1e-3), seed=0, device=device, processes=1)


def clock(device: str) -> float:
    """Return CPU seconds, or wall seconds after the device has finished."""
    if device == "cpu":
        return time.process_time()
    torch.cuda.synchronize()
    return time.perf_counter()


def seconds(work, device: str) -> float:
    """Return what one call takes."""
    started = clock(device)
    work()
    return clock(device) - started


def told(name: str, values: list[float], unit: str) -> None:
    """Print median, smallest, largest and n."""
    print(f"{name}: {statistics.median(values):.2f} {unit} ({min(values):.2f} to {max(values):.2f}), n = {len(values)}")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--device", default="cpu")
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--variants", type=int, default=VARIANTS)
    arguments = options.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    keep_freed_memory()
    device, feed, variants = arguments.device, feed_of(), arguments.variants
    network, peer = PatchTransformer(10, (1, 28, 28), placement="pre"), FromTransformers()
    # the plain loops train one model; ours trains several, and its time is divided by their number
    works = {"ours": lambda: ours(network, feed, device, variants), "plain loop": lambda: plain_loop(network, feed, device),
             "transformers": lambda: plain_loop(peer, feed, device)}
    share = {"ours": variants, "plain loop": 1, "transformers": 1}
    for work in works.values():
        work()
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(arguments.repeats):
        for name, work in works.items():
            times[name].append(seconds(work, device) / share[name])
    kind = "CPU second of one core" if device == "cpu" else "second"
    for name, values in times.items():
        told(f"{name}, epochs of one model per {kind}", [EPOCHS / value for value in values], "")
    for name in ("plain loop", "transformers"):
        told(f"faster than {name}", [peer / own for peer, own in zip(times[name], times["ours"], strict=True)], "times")
    print(f"{N_TRAIN} images of 28 x 28, batch {BATCH}, depth 3, width 48, {variants} variants side by side, device {device}")


if __name__ == "__main__":
    main()
