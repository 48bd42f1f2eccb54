#!/usr/bin/env python3
"""Measures StreamChat, and its peers beside it, one after the other on this machine, and prints tables.

    bench/compare.py [--what table|lengths|idle|slow|cancel] [--only NAME ...] [--repeat N] [--json FILE]

table: all systems side by side. lengths: what a token costs in short and long answers of every dialect. idle: thousands of connections
that only wait. slow: one client that reads too slowly among many. cancel: how soon runs stop. The last four measure StreamChat alone unless --only says otherwise;
lengths, slow and cancel need a StreamChat.

RABBITMQ_URI names a broker to use; without it a rabbitmq-server of our own is started on free loopback ports. Needs what test.sh
installs. Of the peers' packages, those that are missing are installed where that can be (Debian as root: python3-fastapi, python3-uvicorn,
python3-uvloop; npm: in bench/peers/ws-amqplib); a peer that lacks them all the same is left out.
"""

import argparse
import json
import pathlib
import resource
import subprocess

from harness import cancel, idle, lengths, slow, table
from harness.processes import ROOT
from harness.systems import SYSTEMS

MEASUREMENTS = {"table": table, "lengths": lengths, "idle": idle, "slow": slow, "cancel": cancel}
PROJECTS = ["services/standalone", "services/edge", "bench/load", "bench/peers/kestrel"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--what", choices=MEASUREMENTS, default="table")
    parser.add_argument("--only", nargs="+", choices=SYSTEMS, help="these systems")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each case, of which the median counts (3)")
    parser.add_argument("--lengths", nargs="+", type=int, default=[100, 1000, 10_000, 100_000], help="of answers, in tokens")
    parser.add_argument("--tokens", type=int, default=400_000, help="of all answers of one length together (400000)")
    parser.add_argument("--rate", type=int, default=0, help="of answers in lengths, in tokens per second: 0 = as fast as they come, and so in few frames (0)")
    parser.add_argument("--idle", type=int, default=15_000, help="connections, those that stream among them (15000)")
    parser.add_argument("--streams", type=int, help="that are measured in idle (100) and slow (1000)")
    parser.add_argument("--seconds", type=int, default=20, help="that each of those streams (20)")
    parser.add_argument("--json", type=pathlib.Path, help="where to write all figures")
    parser.add_argument("--no-build", action="store_true")
    options = parser.parse_args()
    options.only = options.only or (list(SYSTEMS) if options.what == "table" else ["StreamChat"])

    # a socket is a file; what we start inherits the limit
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if not options.no_build:
        for project in PROJECTS:
            subprocess.run(["dotnet", "build", str(ROOT / project), "-c", "Release", "-v", "q", "--nologo"], check=True, stdout=subprocess.DEVNULL)
    results = MEASUREMENTS[options.what].measure(options)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
