"""A RabbitMQ of the measurement's own."""

import os
import pathlib

from .processes import Processes, free_port, listens, wait_for


def start_broker(processes: Processes) -> tuple[str, dict[str, int]]:
    """Returns its address and its processes by name."""
    if "RABBITMQ_URI" in os.environ:
        return os.environ["RABBITMQ_URI"], {}
    port, distribution, mapper = free_port(), free_port(), free_port()
    home = processes.folder / "rabbitmq"
    home.mkdir()
    (home / "plugins").write_text("[].\n")
    # started here, as the one that the broker would start itself outlives it
    processes.start("epmd", ["epmd", "-address", "127.0.0.1", "-port", mapper])
    wait_for("epmd", lambda: listens(mapper))
    processes.start(
        "rabbitmq", ["/usr/lib/rabbitmq/bin/rabbitmq-server"], HOME=home, RABBITMQ_NODENAME=f"bench{port}@localhost",
        RABBITMQ_NODE_IP_ADDRESS="127.0.0.1", RABBITMQ_NODE_PORT=port, RABBITMQ_DIST_PORT=distribution, ERL_EPMD_PORT=mapper,
        RABBITMQ_MNESIA_BASE=home, RABBITMQ_LOG_BASE=home, RABBITMQ_ENABLED_PLUGINS_FILE=home / "plugins")
    wait_for("RabbitMQ", lambda: listens(port))
    return f"amqp://guest:guest@127.0.0.1:{port}", {"rabbitmq": beam_of(processes.running[-1].pid)}


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
