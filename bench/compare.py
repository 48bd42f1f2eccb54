#!/usr/bin/env python3
"""Measures StreamChat and its peers side by side, one after the other on this machine, and prints one table.

    bench/compare.py [--only NAME ...] [--repeat N] [--json FILE]

RABBITMQ_URI names a broker to use; without it a rabbitmq-server of our own is started on free loopback ports. Needs what test.sh
installs. Of the peers' packages, those that are missing are installed where that can be (Debian as root: python3-fastapi, python3-uvicorn,
python3-uvloop; npm: in bench/peers/ws-amqplib); a peer that lacks them all the same is left out.
"""

import argparse
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOAD = ROOT / "bench/load/bin/Release/net10.0/StreamChat.Load.dll"
PYTHON = "/usr/bin/python3"

SCENARIOS = {
    "100 x 200 unpaced": ["--connections", "100", "--tokens", "200", "--ramp", "1ms"],
    "100 x 2000 unpaced": ["--connections", "100", "--tokens", "2000", "--ramp", "1ms"],
    "100 x 50/s": ["--connections", "100", "--tokens", "150", "--rate", "50", "--ramp", "20ms"],
    "1000 x 20/s": ["--connections", "1000", "--tokens", "60", "--rate", "20", "--ramp", "50ms"],
}


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Processes:
    """What one system runs; all of it ends with the block."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.running: list[subprocess.Popen] = []

    def start(self, name: str, command: list, cwd=None, **environment) -> subprocess.Popen:
        log = open(self.folder / f"{name}-{len(self.running)}.log", "wb")
        process = subprocess.Popen(
            [str(c) for c in command], cwd=cwd, stdout=log, stderr=log, start_new_session=True,
            env={**os.environ, **{k: str(v) for k, v in environment.items()}})
        self.running.append(process)
        return process

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.running):
            process.terminate()
        for process in self.running:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)


def wait_for(what: str, ready, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if ready():
                return
        except OSError:
            pass
        time.sleep(0.1)
    sys.exit(f"{what} was not ready within {seconds:.0f} s")


def listens(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), 1):
        return True


def is_ready(port: int) -> bool:
    return urllib.request.urlopen(f"http://localhost:{port}/health/ready", timeout=2).status == 200


def start_broker(processes: Processes) -> tuple[str, list[int]]:
    """Returns its address and its processes' ids."""
    if "RABBITMQ_URI" in os.environ:
        return os.environ["RABBITMQ_URI"], []
    port, distribution, mapper = free_port(), free_port(), free_port()
    home = processes.folder / "rabbitmq"
    home.mkdir()
    (home / "plugins").write_text("[].\n")
    processes.start(
        "rabbitmq", ["/usr/lib/rabbitmq/bin/rabbitmq-server"], HOME=home, RABBITMQ_NODENAME=f"bench{port}@localhost",
        RABBITMQ_NODE_IP_ADDRESS="127.0.0.1", RABBITMQ_NODE_PORT=port, RABBITMQ_DIST_PORT=distribution, ERL_EPMD_PORT=mapper,
        RABBITMQ_MNESIA_BASE=home, RABBITMQ_LOG_BASE=home, RABBITMQ_ENABLED_PLUGINS_FILE=home / "plugins")
    wait_for("RabbitMQ", lambda: listens(port))
    return f"amqp://guest:guest@127.0.0.1:{port}", [beam_of(processes.running[-1].pid)]


def beam_of(pid: int) -> int:
    """The virtual machine below RabbitMQ's start script: the descendant that has used the most memory."""
    parents = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
            parents.setdefault(int(fields[1]), []).append((int(stat.parent.name), int(fields[21])))
        except OSError:
            pass
    found, todo = [], [pid]
    while todo:
        children = parents.get(todo.pop(), [])
        found += children
        todo += [child for child, _ in children]
    return max(found, key=lambda f: f[1])[0] if found else pid


def service(processes: Processes, name: str, assembly: str, port: int, **environment) -> int:
    folder = ROOT / f"services/{name}/bin/Release/net10.0"
    return processes.start(name, ["dotnet", assembly], cwd=folder, HOST="localhost", PORT=port, **environment).pid


def streamchat(processes: Processes, broker: str, edge: bool) -> tuple[int, list[int]]:
    settings = {"Bus__Uri": broker, "Store__ConnectionString": f"Data Source={processes.folder / 'streamchat.db'}"}
    gateway, worker = free_port(), free_port()
    pids = [
        service(processes, "agent-worker", "StreamChat.AgentWorker.dll", worker, **settings),
        service(processes, "gateway", "StreamChat.Gateway.dll", gateway, **settings),
    ]
    ports = [worker, gateway]
    if edge:
        front = free_port()
        pids.append(service(processes, "edge", "StreamChat.Edge.dll", front, Edge__Gateways__0=f"http://localhost:{gateway}"))
        ports.append(front)
    for port in ports:
        wait_for("StreamChat", lambda: is_ready(port))
    return ports[-1], pids


def standalone(processes: Processes, _broker: str) -> tuple[int, list[int]]:
    port = free_port()
    pid = service(
        processes, "standalone", "StreamChat.Standalone.dll", port,
        Store__ConnectionString=f"Data Source={processes.folder / 'streamchat.db'}")
    wait_for("StreamChat", lambda: is_ready(port))
    return port, [pid]


def kestrel(processes: Processes, _broker: str) -> tuple[int, list[int]]:
    port = free_port()
    folder = ROOT / "bench/peers/kestrel/bin/Release/net10.0"
    pid = processes.start("kestrel", ["dotnet", "StreamChat.Peers.Kestrel.dll", "--urls", f"http://localhost:{port}"], cwd=folder).pid
    wait_for("kestrel", lambda: listens(port))
    return port, [pid]


def fastapi(processes: Processes, _broker: str) -> tuple[int, list[int]]:
    port = free_port()
    pid = processes.start(
        "fastapi", [PYTHON, "-m", "uvicorn", "app:app", "--port", port, "--log-level", "warning"], cwd=ROOT / "bench/peers/fastapi").pid
    wait_for("fastapi", lambda: listens(port))
    return port, [pid]


def ws_amqplib(processes: Processes, broker: str) -> tuple[int, list[int]]:
    port = free_port()
    folder = ROOT / "bench/peers/ws-amqplib"
    pids = [
        processes.start("worker", ["node", "worker.js"], cwd=folder, RABBITMQ_URI=broker).pid,
        processes.start("gateway", ["node", "gateway.js"], cwd=folder, RABBITMQ_URI=broker, PORT=port).pid,
    ]
    wait_for("ws-amqplib", lambda: listens(port))
    return port, pids


def provide_fastapi() -> bool:
    def there() -> bool:
        return subprocess.run([PYTHON, "-c", "import fastapi, uvicorn, uvloop"], capture_output=True).returncode == 0

    if not there() and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], stdout=subprocess.DEVNULL)
        subprocess.run(["apt-get", "install", "-yqq", "python3-fastapi", "python3-uvicorn", "python3-uvloop"], stdout=subprocess.DEVNULL)
    return there()


def provide_ws_amqplib() -> bool:
    folder = ROOT / "bench/peers/ws-amqplib"
    if not (folder / "node_modules").exists() and shutil.which("npm"):
        subprocess.run(["npm", "ci", "--silent", "--prefix", folder], stdout=subprocess.DEVNULL)
    return shutil.which("node") is not None and (folder / "node_modules").exists()


# name: (start, over the broker, whether it has what it needs)
SYSTEMS = {
    "StreamChat": (lambda p, b: streamchat(p, b, edge=False), True, lambda: True),
    "StreamChat, edge": (lambda p, b: streamchat(p, b, edge=True), True, lambda: True),
    "StreamChat standalone": (standalone, False, lambda: True),
    "ws + amqplib": (ws_amqplib, True, provide_ws_amqplib),
    "FastAPI": (fastapi, False, provide_fastapi),
    "bare Kestrel": (kestrel, False, lambda: True),
}


def load(port: int, arguments: list[str], pids: list[int]) -> dict:
    command = ["dotnet", str(LOAD), "--url", f"ws://localhost:{port}/ws/v1", *arguments]
    if pids:
        command += ["--pid", *map(str, pids)]
    # its own queueing must not be measured
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS": "1"})
    if not done.stdout.strip():
        sys.exit(f"The load generator failed: {done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def median_of(reports: list[dict]) -> dict:
    def median(get) -> float:
        return round(statistics.median(get(r) for r in reports), 3)

    return {
        "tokens_per_s": round(median(lambda r: r["tokens_per_s"])),
        "frames_per_s": round(median(lambda r: r["frames_per_s"])),
        "ttft_p50": median(lambda r: r["ttft_ms"]["p50"]),
        "ttft_p99": median(lambda r: r["ttft_ms"]["p99"]),
        "delay_p50": median(lambda r: r["delay_ms"]["p50"]),
        "delay_p99": median(lambda r: r["delay_ms"]["p99"]),
        "cpu_s": median(lambda r: sum(p["cpu_seconds"] or 0 for p in r["processes"])),
        "wrong": sum(r["lost"] + r["duplicated"] + r["out_of_order"] + r["malformed"] + r["failed_runs"] for r in reports),
    }


def print_table(results: dict) -> None:
    columns = ["tokens_per_s", "frames_per_s", "ttft_p50", "ttft_p99", "delay_p50", "delay_p99", "cpu_s", "wrong"]
    for scenario in SCENARIOS:
        print(f"\n### {scenario}\n\n| | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1))
        for name, scenarios in results.items():
            if scenario in scenarios:
                print(f"| {name} | " + " | ".join(str(scenarios[scenario][c]) for c in columns) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=SYSTEMS, default=list(SYSTEMS), help="these systems")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each scenario, of which the median counts (3)")
    parser.add_argument("--json", type=pathlib.Path, help="where to write all figures")
    parser.add_argument("--no-build", action="store_true")
    options = parser.parse_args()

    if not options.no_build:
        for project in ["services/standalone", "services/edge", "bench/load", "bench/peers/kestrel"]:
            subprocess.run(["dotnet", "build", str(ROOT / project), "-c", "Release", "-v", "q", "--nologo"], check=True, stdout=subprocess.DEVNULL)
    results: dict = {}
    folder = pathlib.Path(tempfile.mkdtemp(prefix="streamchat-bench-"))
    try:
        with Processes(folder) as shared:
            broker, broker_pids = start_broker(shared) if any(SYSTEMS[n][1] for n in options.only) else ("", [])
            for name in options.only:
                start, brokered, has_what_it_needs = SYSTEMS[name]
                if not has_what_it_needs():
                    print(f"{name}: left out, its packages are missing", file=sys.stderr)
                    continue
                with Processes(pathlib.Path(tempfile.mkdtemp(dir=folder))) as processes:
                    port, pids = start(processes, broker)
                    watched = pids + (broker_pids if brokered else [])
                    for arguments in SCENARIOS.values():  # warm: what is measured is not the compiler
                        load(port, arguments, [])
                    results[name] = {
                        scenario: median_of([load(port, arguments, watched) for _ in range(options.repeat)])
                        for scenario, arguments in SCENARIOS.items()
                    }
                print(name, json.dumps(results[name]), file=sys.stderr)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print_table(results)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
