"""What a run found: JSON with every case, and the tables of the documentation."""

import collections
import json
import pathlib

RESULTS = ["passed", "unsupported", "failed"]


def write_json(records, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"summary": summary(records), "cases": records}, indent=1) + "\n")


def summary(records):
    """Counts of all cases and of those that count."""
    counted = [r for r in records if r["excluded"] is None]
    passed = sum(r["result"] == "passed" for r in counted)
    return {
        "all": _counts(records),
        "inScope": _counts(counted),
        "inScopePassedPercent": round(100 * passed / max(1, len(counted)), 2),
        "passedWithConstants": sum(
            r["result"] == "passed" and bool(r["constants"]) for r in counted
        ),
    }


def _counts(records):
    counts = collections.Counter(r["result"] for r in records)
    return {"cases": len(records), **{result: counts[result] for result in RESULTS}}


def gaps(records):
    """The reasons for which cases that count are unsupported, the most frequent first."""
    reasons = collections.defaultdict(list)
    for record in records:
        if record["excluded"] is None and record["result"] != "passed":
            reasons[record["generalReason"]].append(record["name"])
    return sorted(reasons.items(), key=lambda item: (-len(item[1]), item[0]))


def tables(records):
    """Markdown: a row for each kind, then one for each operator or model, of cases that count."""
    lines = [
        "| kind | cases | in scope | passed | of these with constants | unsupported | failed |",
        "|---|---|---|---|---|---|---|",
    ]
    kinds = list(dict.fromkeys(r["kind"] for r in records))
    for kind in kinds:
        group = [r for r in records if r["kind"] == kind]
        counted = [r for r in group if r["excluded"] is None]
        lines.append(f"| {kind} | {len(group)} | {len(counted)} | {_cells(counted)} |")
    counted = [r for r in records if r["excluded"] is None]
    if len(kinds) > 1:
        lines.append(f"| all | {len(records)} | {len(counted)} | {_cells(counted)} |")
    percent = summary(records)["inScopePassedPercent"]
    lines += [
        "",
        f"Of the cases in scope {percent:.1f} % pass.",
        "",
        "| operator or model | passed | of these with constants | unsupported | failed | largest error |",
        "|---|---|---|---|---|---|",
    ]
    groups = collections.defaultdict(list)
    for record in counted:
        groups[record["subject"] or "several operators"].append(record)
    for name in sorted(groups, key=lambda name: (name == "several operators", name)):
        errors = [r["scaledError"] for r in groups[name] if r["scaledError"] is not None]
        largest = f"{max(errors):.1e}" if errors and max(errors) > 0 else "0" if errors else ""
        lines.append(f"| {name} | {_cells(groups[name])} | {largest} |")
    return "\n".join(lines) + "\n"


def _cells(records):
    counts = _counts(records)
    constants = sum(r["result"] == "passed" and bool(r["constants"]) for r in records)
    return f"{counts['passed']} | {constants} | {counts['unsupported']} | {counts['failed']}"


def replace_section(path, name, text):
    """Puts text between a file's markers `<!-- conformance NAME -->` and `<!-- end -->`."""
    path = pathlib.Path(path)
    begin, end = f"<!-- conformance {name} -->\n", "<!-- end -->"
    before, found, rest = path.read_text().partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise SystemExit(f"{path}: no section between {begin.strip()} and {end}")
    path.write_text(before + begin + "\n" + text + "\n" + end + after)
