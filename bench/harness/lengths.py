"""What a token costs in answers of different lengths, in every dialect, as fast as they come unless a rate is given.

Every point has the same number of tokens and the same few runs at once: short answers come one after the other. A short one's share of
its run's start is in its figures. The agent engine's connections are conversations, so its later runs have a history.
"""

from .bench import Bench, median, print_table, progress, wrong

DIALECTS = ["native", "assistant", "aurawell", "agent-engine", "yychat", "session"]
CONNECTIONS = 4


def measure(options) -> dict:
    results: dict = {}
    with Bench() as bench:
        for name in options.only:
            with bench.system(name, Limits__Requests=0) as running:
                if running is None:
                    continue
                results[name] = {}
                for dialect in DIALECTS:  # warm: what is measured is not the compiler
                    running.load("--dialect", dialect, "--connections", CONNECTIONS, "--tokens", 100, "--runs", 200)
                for dialect in DIALECTS:
                    results[name][dialect] = {tokens: _point(running, dialect, tokens, options) for tokens in options.lengths}
                    progress(f"{name} {dialect} {results[name][dialect]}")
    for name, dialects in results.items():
        for figure in next(iter(next(iter(dialects.values())).values())):
            columns = [f"{tokens:,}" for tokens in options.lengths]
            print_table(f"{name}: {figure}", columns, {d: [p[figure] for p in points.values()] for d, points in dialects.items()})
    return results


def _point(running, dialect: str, tokens: int, options) -> dict:
    runs = max(1, options.tokens // (tokens * CONNECTIONS))
    reports = [
        running.load("--dialect", dialect, "--connections", CONNECTIONS, "--tokens", tokens, "--runs", runs, "--rate", options.rate, "--timeout", 600)
        for _ in range(options.repeat)
    ]

    def microseconds(report: dict, name: str) -> float:
        return running.used(report, "cpu_seconds")[name] * 1e6 / max(1, report["received"])

    return {
        "bytes per token": median(r["bytes_per_token"] for r in reports),
        "tokens per frame": median(r["received"] / max(1, r["frames"]) for r in reports),
        **{f"{name}, µs of processor time per token": median(microseconds(r, name) for r in reports) for name in running.pids},
        "all, µs of processor time per token": median(sum(microseconds(r, name) for name in running.pids) for r in reports),
        "wrong": sum(map(wrong, reports)),
    }
