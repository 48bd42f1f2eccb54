"""How soon a run stops when its user says so, with many others streaming that are stopped as well."""

from .bench import Bench, median, print_table, progress, wrong


def measure(options) -> dict:
    streams = options.streams or 1000
    stopping = ["--connections", streams, "--tokens", 400, "--rate", 20, "--cancel-after", 40, "--runs", 3, "--ramp", "2s"]
    results: dict = {}
    with Bench() as bench:
        for name in options.only:
            with bench.system(name) as running:
                if running is None:
                    continue
                running.load(*stopping)  # warm
                results[name] = [running.load(*stopping) for _ in range(options.repeat)]
                progress(f"{name} {[r['cancel_ms'] for r in results[name]]}")
    columns = ["cancelled", "model stops p50", "p99", "max", "end seen p50", "p99", "max", "wrong"]
    rows = {
        name: [
            sum(r["cancelled"] for r in of),
            *[median(r["overrun_ms"][f] for r in of) for f in ["p50", "p99", "max"]],
            *[median(r["cancel_ms"][f] for r in of) for f in ["p50", "p99", "max"]],
            sum(map(wrong, of)),
        ]
        for name, of in results.items()
    }
    print_table(f"{streams} streams of 20/s, each stopped after 40 tokens, three times; ms from asking", columns, rows)
    return results
