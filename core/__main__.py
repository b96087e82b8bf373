"""The command line: ``python -m core list | run | show | export | claims | doctor | clean | gallery``.

Progress goes to stderr. With ``--json`` the last line of stdout is one object. Exit status: 0 done, 3 done and a limit is
exceeded, 2 the input is wrong, 1 failed, 130 cancelled.
"""

import argparse
import json
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from core import doctor
from core.lab import devices, diary, export, gallery, jobs, keeping, registry, speed, statements, uploads, words
from core.lab.claims import holm, tally
from core.lab.config import alike, apply_settings, effective, fields_of, to_dict
from core.lab.errors import Cancelled, GlasshouseError, InputError, RunFailed
from core.lab.experiment import Experiment, Preset, metrics_of
from core.lab.fitting import fitted
from core.lab.runs import Request, Run, load_run, locate
from core.lab.seeds import format_seeds, parse_seeds
from core.lab.store import has_result, home
from core.lab.summary import claim_record, summary
from core.subjects.convert import convert
from core.subjects.preview import previews
from core.wait import complete

EXCEEDED = 3


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are one sentence with exit status 2."""

    def error(self, message: str) -> NoReturn:
        """Raise the complaint as an ``InputError``."""
        verb = "" if self.prog.endswith("core") else f"{self.prog.split()[-1]} "
        raise InputError(f"{message}: see python -m core {verb}--help.")


def parser() -> Parser:
    """Return the parser of the whole command line."""
    top = Parser(prog="python -m core", description="Train, attack, repair and measure small real models.", allow_abbrev=False)
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB", parser_class=Parser)

    def verb(name: str, words: str, *, with_json: bool = True) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=words, description=words, allow_abbrev=False)
        if with_json:
            added.add_argument("--json", action="store_true", help="print one JSON object as the last line")
        return added

    verb("list", "Experiments, presets and claims.")
    run = verb("run", "Compute an experiment, or open it when it is stored.")
    run.add_argument("name", metavar="NAME")
    run.add_argument("--preset", help="named settings to start from; the first of the experiment by default")
    run.add_argument("--set", dest="settings", action="append", default=[], metavar="FIELD=VALUE", help="change one setting")
    run.add_argument("--seeds", help="for example 0-2 or 0,3,7-9; the preset's by default")
    run.add_argument("--device", default="auto", help="auto, cpu or cuda")
    run.add_argument("--check", action="store_true", help="read and check settings, data and device, say what it would cost, start nothing")
    show = verb("show", "A finished run.")
    show.add_argument("run", metavar="RUN_ID")
    save = verb("export", "Write a finished run to a file.", with_json=False)
    save.add_argument("run", metavar="RUN_ID")
    save.add_argument("--to", required=True, metavar="FILE", help="ends in .html, .csv or .parquet; of a scorecard also .pdf, .json, .md")
    save.add_argument("--table", help="which table goes into a .csv or .parquet; the experiment's first by default")
    save.add_argument("--whole", action="store_true", help="also what exports usually leave out: a model's answers to harmful requests")
    save.add_argument("--interactive", action="store_true", help="figures of an .html that answer to the mouse; the file is then some 5 MB")
    made = verb("convert", "Weights that torch pickled (.pt, .pth), written as safetensors for weights:PATH.", with_json=False)
    made.add_argument("source", metavar="IN.pt")
    made.add_argument("target", metavar="OUT.safetensors")
    verb("claims", "Every statement of the house, and what the runs that ship say of it.")
    seen = verb("doctor", "Device, versions, data and models at hand, disk and queue, and how to get what is missing.")
    seen.add_argument("--metrics", action="store_true", help="print queue, disk and ended runs alone, one line of JSON")
    tidy = verb("clean", "Make room: remove what can be computed again, the least recently used first.")
    tidy.add_argument("--keep", required=True, metavar="SIZE", help="how large the house may be, for example 20GB")
    tidy.add_argument("--check", action="store_true", help="say what would go, remove nothing")
    shown = verb("gallery", "The finished results that ship with the house.")
    shown.add_argument("action", choices=("build", "check"))
    shown.add_argument("--experiment", help="build only this experiment")
    shown.add_argument("--preset", help="build only this preset, or this further run that ships")
    return top


def list_experiments(arguments: argparse.Namespace) -> dict[str, Any]:
    """Print what there is; return it as JSON."""
    found = []
    for experiment in registry.experiments():
        found.append({
            "name": experiment.name, "title": experiment.title, "question": experiment.question, "version": experiment.version,
            "changes": [asdict(change) for change in experiment.changes],
            "presets": {preset.name: {"config": to_dict(preset.config), "seeds": list(preset.seeds), "gpu": preset.gpu,
                                      "slice": list(preset.slice)}
                        for preset in experiment.presets},
            "fields": {field.name: {"label": field.knob.label, "help": field.knob.help, "low": field.knob.low,
                                    "high": field.knob.high, "choices": list(field.choices), "default": field.default}
                       for field in fields_of(experiment.config)},
            "claims": [claim_record(claim) for claim in experiment.claims]})
        if not arguments.json:
            print(f"{experiment.name}  {experiment.question}")
            for preset in experiment.presets:
                seconds = experiment.expected(preset.config, speed.speed(home()), on_gpu=preset.gpu) * len(preset.seeds)
                print(f"    preset {preset.name}: seeds {format_seeds(preset.seeds)}, about {words.duration(seconds)} "
                      f"on {'a GPU, estimated' if preset.gpu else 'this CPU'}")
                if preset.slice:
                    print(f"        some ten minutes of it: --seeds {preset.seeds[0]} --set {' --set '.join(preset.slice)}")
            for claim in experiment.claims:
                print(f"    claim {claim.id}: {claim.statement}")
    return {"experiments": found}


def choose_preset(experiment: Experiment, name: str | None) -> Preset:
    """Return the named preset, or the first.

    Raises:
        InputError: If there is no preset of that name.
    """
    preset = experiment.presets[0] if name is None else experiment.preset(name)
    if preset is None:
        raise InputError(f"a preset of {experiment.name} must be one of {', '.join(p.name for p in experiment.presets)}, "
                         f"got {name!r}.")
    return preset


def run_experiment(arguments: argparse.Namespace) -> dict[str, Any]:
    """Compute or open a run, print it and return it as JSON."""
    experiment = registry.find(arguments.name)
    preset = choose_preset(experiment, arguments.preset)
    config = apply_settings(preset.config, uploads.spelled_all(arguments.settings, experiment.config))
    config, said = fitted(experiment, config, {text.partition("=")[0].strip() for text in arguments.settings})
    if said and not arguments.json:
        print(f"  {said}")
    seeds = parse_seeds(arguments.seeds) if arguments.seeds is not None else preset.seeds
    name = preset.name if alike(config, preset.config) else "custom"
    request = jobs.make_request(experiment, config, seeds, preset=name, device=arguments.device)
    if arguments.check:
        return check(request, arguments, said)
    run, cached = complete(request)
    return present(run, arguments, cached=cached)


def check(request: Request, arguments: argparse.Namespace, said: str) -> dict[str, Any]:
    """Print what a sound request would compute and cost, without starting it; return it as JSON. ``said`` is what was fitted."""
    experiment, stored = request.experiment, [seed for seed in request.seeds if has_result(home(), request.key(seed))]
    todo = len(request.seeds) - len(stored)
    on_gpu = devices.choose(request.device) == "cuda"
    seconds = experiment.expected(request.config, here := speed.speed(home()), on_gpu=on_gpu) * todo
    rough = "" if on_gpu or here.is_measured else ", roughly: the first run measures this machine"
    drawn = None if on_gpu else diary.watts(home())
    kwh = None if drawn is None else drawn * seconds / 3.6e6
    power = "" if kwh is None or not todo else f", some {words.energy(kwh)} at the {drawn:.0f} W that runs of this house drew"
    read = previews(to_dict(request.config))
    usual = choose_preset(experiment, arguments.preset).config
    changed = {name: value for name, value in effective(request.config).items() if value != effective(usual)[name]}
    idle = [name for name in sorted(request.config.idle()) if getattr(request.config, name) != getattr(usual, name)]
    if not arguments.json:
        print(f"{experiment.name}: settings, data and device are sound; nothing was started.")
        print(f"  data {request.data}, device {devices.choose(request.device)}, seeds {format_seeds(request.seeds)}, "
              f"{len(stored)} of them stored already")
        for one in read:
            print(f"  {one.source}: {one.words}" + "".join(f"\n    {note}" for note in one.notes))
        for name, value in changed.items():
            print(f"  {name} = {value}")
        for name in idle:
            print(f"  {name} does nothing beside the other settings")
        where = "on the GPU" if on_gpu else f"on {speed.job_threads()} CPU core{'s' * (speed.job_threads() > 1)}"
        print(f"  about {words.duration(seconds)} {where}{rough}{power}" if todo else "  nothing is left to compute")
    return {"experiment": experiment.name, "run": request.run, "preset": request.preset, "config": to_dict(request.config),
            "changed": changed, "idle": idle, "seeds": list(request.seeds), "stored": stored, "data": request.data,
            "read": [asdict(one) for one in read], "fitted": said,
            "device": devices.choose(request.device), "seconds": seconds, "energy_kwh": kwh}


def present(run: Run, arguments: argparse.Namespace, *, cached: bool) -> dict[str, Any]:
    """Print a run as text unless JSON is wanted; return it as JSON."""
    if not arguments.json:
        request, cost = run.request, run.cost()
        print(f"run {request.run}  {request.experiment.name} {request.preset}, seeds {format_seeds(request.seeds)}, "
              f"{'stored' if cached else 'computed now'}; computing took {words.duration(cost['seconds'])}, "
              f"{words.energy(cost['energy_kwh'])}")
        for name, metric in metrics_of(request.experiment.result).items():
            print(f"  {metric.label:32} {words.estimate(run.estimate(name), metric.unit)}")
        for verdict in run.verdicts:
            claim = verdict.claim
            print(f"  {verdict.title:22} {claim.statement}: {words.difference(verdict.difference, claim.unit, ratio=claim.ratio)} against "
                  f"{claim.control_words}. {verdict.reason}{holm(verdict)}")
        print(f"  {tally(run.verdicts)}")
    told = summary(run, cached=cached)
    if not arguments.json:
        for line in told.get("limits", {}).get("lines", ()):
            print(f"  {line}")
    return told


def stored_run(text: str) -> Run:
    """Return the finished run that an id names.

    Raises:
        InputError: If the id is malformed or names no finished run.
    """
    root, run = locate(text)
    loaded = load_run(root, run)
    if loaded is None:
        status = jobs.status(run)
        state = "of an older version" if status is None or status.state == "finished" else status.state
        raise InputError(f"a run must be finished to be read, got {run}, which is {state}: run it again.")
    return loaded


def export_run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Write a run to a file."""
    path = export.write(stored_run(arguments.run), arguments.to, table=arguments.table, whole=arguments.whole,
                        interactive=arguments.interactive)
    print(path)
    return {"path": str(path)}


def list_claims(arguments: argparse.Namespace) -> dict[str, Any]:
    """Print every statement with its verdict; return them as JSON."""
    found = statements.statements()
    if not arguments.json:
        for row in statements.rows(found):
            print(f"{row['verdict']:22} {row['kind']:10} {row['experiment']} {row['preset']}: {row['statement']}; {row['difference']} "
                  f"against {row['control']} ({row['rule']} since {row['since']}). {row['paper']}")
        for one in statements.untested():
            print(f"{'No claim':22} paper      {one['sentence']}; {one['why']}. {one['paper']}, {one['read']}")
    return {"statements": found, "untested": statements.untested()}


def convert_weights(arguments: argparse.Namespace) -> dict[str, Any]:
    """Write pickled weights as safetensors."""
    words_done = convert(Path(arguments.source).expanduser(), Path(arguments.target).expanduser())
    print(f"{arguments.target}: {words_done}")
    return {"path": arguments.target}


def examine(arguments: argparse.Namespace) -> dict[str, Any]:
    """Print the state of the machine; return it as JSON."""
    if arguments.metrics:
        print(json.dumps(found := doctor.measure()))
        arguments.json = False
        return found
    found = doctor.examine()
    if not arguments.json:
        print(doctor.report(found))
    return found


def clean(arguments: argparse.Namespace) -> dict[str, Any]:
    """Make room; return what went as JSON."""
    done = keeping.clean(home(), keeping.parse_size(arguments.keep, "--keep"), only_say=arguments.check)
    if not arguments.json:
        what = ", ".join(f"{n} {kind}" for kind, n in done.removed.items()) or "nothing"
        print(f"{'would remove' if arguments.check else 'removed'} {what}: {done.freed_bytes / 1e6:.1f} MB; "
              f"{done.left_bytes / 1e6:.1f} MB stay.")
    return {"removed": done.removed, "freed_bytes": done.freed_bytes, "left_bytes": done.left_bytes}


def tend_gallery(arguments: argparse.Namespace) -> dict[str, Any]:
    """Build or check the gallery."""
    if arguments.action == "build":
        for one in gallery.chosen(arguments.experiment, arguments.preset):
            request = jobs.make_request(one.experiment, one.config, one.seeds, preset=one.name)
            gallery.add(complete(request)[0], one.name)
        gallery.prune()
    found = gallery.missing()
    if found:
        raise RunFailed(" ".join(found))
    if not arguments.json:
        print(f"The gallery is complete: {gallery.size_bytes() / 1e6:.1f} MB.")
    return {"complete": True, "bytes": gallery.size_bytes()}


VERBS = {"list": list_experiments, "claims": list_claims,
         "run": run_experiment, "export": export_run, "convert": convert_weights, "doctor": examine, "clean": clean,
         "gallery": tend_gallery,
         "show": lambda arguments: present(stored_run(arguments.run), arguments, cached=True)}


def main(words_given: list[str] | None = None) -> int:
    """Run one command; return its exit status."""
    for asked_to_stop in (signal.SIGINT, signal.SIGTERM):  # both cancel the run, also where a script's shell ignores Ctrl-C
        signal.signal(asked_to_stop, signal.default_int_handler)
    try:
        arguments = parser().parse_args(words_given)
        answer = VERBS[arguments.verb](arguments)
        if getattr(arguments, "json", False):
            print(json.dumps(answer, allow_nan=False))
        sys.stdout.flush()
        return EXCEEDED if arguments.verb == "run" and answer.get("limits", {}).get("beyond") else 0
    except GlasshouseError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    except KeyboardInterrupt:
        sys.stderr.write("Cancelled.\n")
        return Cancelled.exit_status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
