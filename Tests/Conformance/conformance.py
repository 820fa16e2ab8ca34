"""Runs ONNX's backend test cases through zkml and says which of them pass.

Exit status 1 if a case fails: wrong values, a crash, a time-out, or an error of the wrong kind.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import sys

import attempt
import cases
import report
import scope

GIB = 1 << 30


def main():
    options = _options()
    kinds = [cases.LIGHT] if options.light else cases.KINDS
    chosen = list(cases.all_cases(kinds, options.filter))
    settings = attempt.Settings(
        zkml=str(options.zkml.resolve()),
        timeout=options.timeout or (3600 if options.light else 60),
        memory_bytes=None if options.light else 6 * GIB,
    )
    # The light models take gigabytes each.
    jobs = 1 if options.light else options.jobs
    records, count = [], len(chosen)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for record in pool.map(lambda case: _record(case, settings), chosen):
            records.append(record)
            _progress(record, len(records), count)
    report.write_json(records, options.json)
    if options.table and options.filter == "":
        report.replace_section(
            options.table, "light" if options.light else "cases", report.tables(records)
        )
    return _conclusion(records, options)


def _options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--zkml", type=pathlib.Path, default=pathlib.Path("bin/zkml"))
    parser.add_argument("--json", type=pathlib.Path, default=pathlib.Path("out/conformance.json"))
    parser.add_argument("--table", type=pathlib.Path, help="the page whose tables to write")
    parser.add_argument("--filter", default="", help="a regular expression of cases' names")
    parser.add_argument("--light", action="store_true", help="the whole image classifiers")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--timeout", type=float, help="seconds for each process")
    parser.add_argument("--gaps", action="store_true", help="say why cases do not pass")
    return parser.parse_args()


def _record(case, settings):
    outcome = attempt.run_case(case, settings)
    return {
        "kind": case.kind,
        "name": case.name,
        "operators": scope.operators(case),
        "subject": case.name if case.kind == cases.LIGHT else scope.subject(case),
        "opset": scope.opset(case),
        "excluded": scope.exclusion(case),
        "result": outcome.result,
        "reason": outcome.reason,
        "generalReason": _general(outcome.reason),
        "constants": outcome.constants,
        "error": outcome.error,
        "scaledError": outcome.scaled_error,
        "errorBound": outcome.bound,
    }


def _general(reason):
    """The reason without the names of the node and its tensors."""
    return re.sub(r' "[^"]*"', "", reason)


def _progress(record, done, count):
    if record["result"] == "failed":
        print(f"\rFAILED {record['kind']} {record['name']}: {record['reason']}", flush=True)
    if sys.stderr.isatty():
        print(f"\r{done} of {count}", end="", file=sys.stderr, flush=True)


def _conclusion(records, options):
    summary = report.summary(records)
    if options.gaps:
        for reason, names in report.gaps(records):
            print(f"{len(names):5} {reason}  ({', '.join(names[:3])})")
    everything, counted = summary["all"], summary["inScope"]
    print(
        f"\r{everything['cases']} cases: {everything['passed']} passed, "
        f"{everything['unsupported']} unsupported, {everything['failed']} failed"
    )
    print(
        f"in scope {counted['cases']}: {counted['passed']} passed "
        f"({summary['inScopePassedPercent']} %; {summary['passedWithConstants']} of them with "
        f"constants), {counted['unsupported']} unsupported, {counted['failed']} failed"
    )
    print(f"every case and its reason: {options.json}")
    return 1 if everything["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
