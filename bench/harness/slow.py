"""What others feel of a client that reads too slowly, and what becomes of it.

Its long answer costs processor time however it is read, so there are three cases, taken in turn: nobody beside the streams, somebody who
asks for the same long answer and reads it at once, and the slow reader.
"""

from .bench import Bench, median, print_table, progress, wrong

TOKENS = 100_000


def measure(options) -> dict:
    streams = options.streams or 1000
    streaming = ["--connections", streams, "--tokens", 20 * options.seconds, "--rate", 20, "--ramp", "1s"]
    # in the first half, so that the end of the slow reader falls into the measurement
    long_answer = ["--slow-tokens", TOKENS, "--slow-pace", 2 * TOKENS // options.seconds]
    cases = {
        "no other": [],
        "one fast reader": ["--slow", 1, "--slow-rate", 0, *long_answer],
        "one slow reader": ["--slow", 1, *long_answer],
    }
    results: dict = {}
    with Bench() as bench:
        for name in options.only:
            with bench.system(name) as running:
                if running is None:
                    continue
                running.load(*streaming)  # warm
                reports: dict = {case: [] for case in cases}
                for _ in range(options.repeat):
                    for case, arguments in cases.items():
                        reports[case].append(running.load(*streaming, *arguments))
                        progress(f"{name} {case} {reports[case][-1]['delay_ms']} {reports[case][-1]['slow']}")
                results[name] = reports
    for name, reports in results.items():
        _print(name, streams, reports)
    return results


def _print(name: str, streams: int, reports: dict) -> None:
    rows = {
        case: [
            median(r["delay_ms"]["p50"] for r in of),
            median(r["delay_ms"]["p99"] for r in of),
            median(r["delay_ms"]["max"] for r in of),
            median(sum(p["cpu_seconds"] or 0 for p in r["processes"]) for r in of),
            sum(map(wrong, of)),
        ]
        for case, of in reports.items()
    }
    print_table(f"{name}: {streams} streams of 20/s beside", ["delay_p50", "delay_p99", "delay_max", "cpu_s", "wrong"], rows)
    columns = ["outcome", "close_code", "seconds", "bytes", "tokens", "attaches", "attach", "attach_seconds", "lost", "duplicated"]
    slow = [s for r in reports["one slow reader"] for s in r["slow"]]
    print_table(f"{name}: the slow reader", columns, {f"round {i + 1}": [s.get(c) for c in columns] for i, s in enumerate(slow)})
