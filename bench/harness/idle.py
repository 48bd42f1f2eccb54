"""What connections cost that only wait: memory, and what those that stream feel of them.

Each round has a new system, as a process gives memory back late or never. Those that wait say nothing; the server pings them.
"""

from .bench import Bench, median, print_table, progress, wrong


def measure(options) -> dict:
    streams, idle = options.streams or 100, options.idle
    streaming = ["--streams", streams, "--tokens", 50 * options.seconds, "--rate", 50, "--ramp", "1s", "--ping", "0s"]
    results: dict = {}
    with Bench() as bench:
        for name in options.only:
            rounds = [r for r in (_round(bench, name, streams, idle, streaming) for _ in range(options.repeat)) if r]
            if rounds:
                results[name] = rounds
    for name, rounds in results.items():
        arms = {f"{streams} alone": "alone", f"{streams} of {idle:,}": "beside"}
        figures = ["ttft_p50", "ttft_p99", "delay_p50", "delay_p99", "cpu_s", "wrong"]
        rows = {arm: [median(r[key][f] for r in rounds) for f in figures] for arm, key in arms.items()}
        print_table(f"{name}: {streams} streams of 50/s", figures, rows)
        memory = {
            process: [median(r["memory"][process][f] for r in rounds) for f in ["before", "connected", "after", "connected_kb", "after_kb"]]
            for process in rounds[0]["memory"]
        }
        columns = ["MB before", "MB with all connected", "MB after streaming", "KB per connection when connected", "KB per connection after streaming"]
        print_table(f"{name}: memory", columns, memory)
    return results


def _round(bench: Bench, name: str, streams: int, idle: int, streaming: list) -> dict | None:
    with bench.system(name) as running:
        if running is None:
            return None
        for _ in range(2):  # warm, and as large as it gets by streaming
            running.load("--connections", streams, *streaming)
        alone = running.load("--connections", streams, *streaming)
        beside = running.load("--connections", idle, *streaming)
    before, connected, after = (running.used(beside, f) for f in ["rss_start_mb", "rss_connected_mb", "rss_end_mb"])
    result = {
        "alone": _figures(alone),
        "beside": _figures(beside),
        "memory": {
            process: {
                "before": before[process],
                "connected": connected[process],
                "after": after[process],
                "connected_kb": (connected[process] - before[process]) * 1024 / idle,
                "after_kb": (after[process] - before[process]) * 1024 / idle,
            }
            for process in running.pids
        },
    }
    progress(f"{name} {result}")
    return result


def _figures(report: dict) -> dict:
    return {
        "ttft_p50": report["ttft_ms"]["p50"],
        "ttft_p99": report["ttft_ms"]["p99"],
        "delay_p50": report["delay_ms"]["p50"],
        "delay_p99": report["delay_ms"]["p99"],
        "cpu_s": sum(p["cpu_seconds"] or 0 for p in report["processes"]),
        "wrong": wrong(report),
    }
