"""Processes that a measurement starts and ends."""

import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


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
