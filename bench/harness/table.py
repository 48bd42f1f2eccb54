"""Every system side by side."""

import json

from .bench import Bench, median, print_table, progress, wrong

SCENARIOS = {
    "100 x 200 unpaced": ["--connections", "100", "--tokens", "200", "--ramp", "1ms"],
    "100 x 2000 unpaced": ["--connections", "100", "--tokens", "2000", "--ramp", "1ms"],
    "100 x 50/s": ["--connections", "100", "--tokens", "150", "--rate", "50", "--ramp", "20ms"],
    "1000 x 20/s": ["--connections", "1000", "--tokens", "60", "--rate", "20", "--ramp", "50ms"],
}

# What is measured is not the compiler. That of .NET takes some thousand runs until it has done with their start. The generator has its own
# warm-up, with each run.
WARM_UP = [["--connections", "200", "--tokens", "2", "--ramp", "1ms", "--duration", "10s"], *SCENARIOS.values()]


def median_of(reports: list[dict]) -> dict:
    return {
        "tokens_per_s": round(median(r["tokens_per_s"] for r in reports)),
        "frames_per_s": round(median(r["frames_per_s"] for r in reports)),
        "ttft_p50": median(r["ttft_ms"]["p50"] for r in reports),
        "ttft_p99": median(r["ttft_ms"]["p99"] for r in reports),
        "delay_p50": median(r["delay_ms"]["p50"] for r in reports),
        "delay_p99": median(r["delay_ms"]["p99"] for r in reports),
        "cpu_s": median(sum(p["cpu_seconds"] or 0 for p in r["processes"]) for r in reports),
        "bytes_per_token": median(r["bytes_per_token"] for r in reports),
        "wrong": sum(map(wrong, reports)),
    }


def measure(options) -> dict:
    results: dict = {}
    with Bench() as bench:
        for name in options.only:
            with bench.system(name) as running:
                if running is None:
                    continue
                for arguments in WARM_UP:
                    running.load(*arguments)
                results[name] = {
                    scenario: median_of([running.load(*arguments, "--warm-up", "1s") for _ in range(options.repeat)])
                    for scenario, arguments in SCENARIOS.items()
                }
            progress(f"{name} {json.dumps(results[name])}")
    for scenario in SCENARIOS:
        rows = {name: list(scenarios[scenario].values()) for name, scenarios in results.items()}
        print_table(scenario, list(next(iter(results.values()))[scenario]), rows)
    return results
