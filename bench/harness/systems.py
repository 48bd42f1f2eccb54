"""What is measured: StreamChat in several shapes, and its peers.

Each start takes settings, which peers do not have, and returns a port and the processes to watch by name.
"""

import os
import shutil
import subprocess

from .processes import ROOT, Processes, free_port, is_ready, listens, wait_for

PYTHON = "/usr/bin/python3"

# nothing is merged, neither on the way to the gateway nor before the socket
ONE_FRAME_A_TOKEN = {"Relay__MergeAbove": 1_000_000, "Limits__MergeBytes": 64_000_000, "Limits__OutboundBytes": 64_000_000}


def service(processes: Processes, name: str, assembly: str, port: int, **environment) -> int:
    folder = ROOT / f"services/{name}/bin/Release/net10.0"
    return processes.start(name, ["dotnet", assembly], cwd=folder, HOST="localhost", PORT=port, **environment).pid


def streamchat(processes: Processes, broker: str, edge: bool = False, **settings) -> tuple[int, dict[str, int]]:
    settings |= {"Bus__Uri": broker, "Store__ConnectionString": f"Data Source={processes.folder / 'streamchat.db'}"}
    gateway, worker = free_port(), free_port()
    pids = {
        "agent-worker": service(processes, "agent-worker", "StreamChat.AgentWorker.dll", worker, **settings),
        "gateway": service(processes, "gateway", "StreamChat.Gateway.dll", gateway, **settings),
    }
    ports = [worker, gateway]
    if edge:
        front = free_port()
        pids["edge"] = service(processes, "edge", "StreamChat.Edge.dll", front, Edge__Gateways__0=f"http://localhost:{gateway}")
        ports.append(front)
    for port in ports:
        wait_for("StreamChat", lambda: is_ready(port))
    return ports[-1], pids


def standalone(processes: Processes, _broker: str, **settings) -> tuple[int, dict[str, int]]:
    port = free_port()
    pid = service(
        processes, "standalone", "StreamChat.Standalone.dll", port,
        Store__ConnectionString=f"Data Source={processes.folder / 'streamchat.db'}", **settings)
    wait_for("StreamChat", lambda: is_ready(port))
    return port, {"standalone": pid}


def kestrel(processes: Processes, _broker: str, **_settings) -> tuple[int, dict[str, int]]:
    port = free_port()
    folder = ROOT / "bench/peers/kestrel/bin/Release/net10.0"
    pid = processes.start("kestrel", ["dotnet", "StreamChat.Peers.Kestrel.dll", "--urls", f"http://localhost:{port}"], cwd=folder).pid
    wait_for("kestrel", lambda: listens(port))
    return port, {"kestrel": pid}


def fastapi(processes: Processes, _broker: str, **_settings) -> tuple[int, dict[str, int]]:
    port = free_port()
    pid = processes.start(
        "fastapi", [PYTHON, "-m", "uvicorn", "app:app", "--port", port, "--log-level", "warning"], cwd=ROOT / "bench/peers/fastapi").pid
    wait_for("fastapi", lambda: listens(port))
    return port, {"fastapi": pid}


def ws_amqplib(processes: Processes, broker: str, **_settings) -> tuple[int, dict[str, int]]:
    port = free_port()
    folder = ROOT / "bench/peers/ws-amqplib"
    pids = {
        "worker": processes.start("worker", ["node", "worker.js"], cwd=folder, RABBITMQ_URI=broker).pid,
        "gateway": processes.start("gateway", ["node", "gateway.js"], cwd=folder, RABBITMQ_URI=broker, PORT=port).pid,
    }
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
    "StreamChat": (streamchat, True, lambda: True),
    "StreamChat, one frame a token": (lambda p, b, **settings: streamchat(p, b, **ONE_FRAME_A_TOKEN, **settings), True, lambda: True),
    "StreamChat, edge": (lambda p, b, **settings: streamchat(p, b, edge=True, **settings), True, lambda: True),
    "StreamChat standalone": (standalone, False, lambda: True),
    "ws + amqplib": (ws_amqplib, True, provide_ws_amqplib),
    "FastAPI": (fastapi, False, provide_fastapi),
    "bare Kestrel": (kestrel, False, lambda: True),
}
