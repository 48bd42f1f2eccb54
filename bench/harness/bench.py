"""What all measurements share: a system that runs, and the load generator's reports on it."""

import contextlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

from .broker import start_broker
from .processes import ROOT, Processes
from .systems import SYSTEMS

LOAD = ROOT / "bench/load/bin/Release/net10.0/StreamChat.Load.dll"


class Running:
    """A system under load."""

    def __init__(self, port: int, pids: dict[str, int]):
        self.port = port
        self.pids = pids

    def load(self, *arguments) -> dict:
        command = ["dotnet", str(LOAD), "--url", f"ws://localhost:{self.port}", *map(str, arguments), "--pid", *map(str, self.pids.values())]
        # its own queueing must not be measured
        done = subprocess.run(
            command, capture_output=True, text=True, env={**os.environ, "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS": "1"})
        if not done.stdout.strip():
            sys.exit(f"The load generator failed: {done.stderr}")
        return json.loads(done.stdout.strip().splitlines()[-1])

    def used(self, report: dict, figure: str) -> dict[str, float]:
        """A figure of each process, by its name."""
        return {name: process[figure] or 0 for name, process in zip(self.pids, report["processes"])}


class Bench:
    """The folder and the broker of one measurement; all that it starts ends with the block."""

    def __enter__(self):
        self._stack = contextlib.ExitStack()
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="streamchat-bench-"))
        self._stack.callback(shutil.rmtree, self._folder, ignore_errors=True)
        self._shared = self._stack.enter_context(Processes(self._folder))
        self._broker = None
        return self

    def __exit__(self, *error):
        return self._stack.__exit__(*error)

    @contextlib.contextmanager
    def system(self, name: str, **settings):
        """Starts a system with settings of its own; None when it lacks what it needs."""
        start, brokered, has_what_it_needs = SYSTEMS[name]
        if not has_what_it_needs():
            print(f"{name}: left out, its packages are missing", file=sys.stderr)
            yield None
            return
        if brokered and self._broker is None:
            self._broker = start_broker(self._shared)
        uri, broker_pids = self._broker if brokered else ("", {})
        with Processes(pathlib.Path(tempfile.mkdtemp(dir=self._folder))) as processes:
            port, pids = start(processes, uri, **settings)
            yield Running(port, pids | broker_pids)


def median(values) -> float:
    return round(statistics.median(values), 3)


def wrong(report: dict) -> int:
    """How much did not go as it should; 0 in any good measurement."""
    figures = [report, *report["slow"]]
    return sum(r["lost"] + r["duplicated"] + r["out_of_order"] + r["malformed"] for r in figures) + report["failed_runs"] + report["dropped"]


def print_table(title: str, columns: list[str], rows: dict[str, list]) -> None:
    print(f"\n### {title}\n\n| | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1))
    for name, values in rows.items():
        print(f"| {name} | " + " | ".join("" if v is None else str(v) for v in values) + " |")


def progress(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
