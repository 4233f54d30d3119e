#!/usr/bin/python3
"""Lets an incident be closed once the expressions of its alerts have been quiet.

Asked with OpsBot's question on standard input; exit status 0 passes. It asks the Prometheus that the question names what each
alert's expression gave over the last QUIET_MINUTES: nothing at all is quiet, one series at any step is not. It passes what it can prove
and nothing else: no server, no answer, an answer with warnings, no expression to ask for all deny.
"""
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

QUIET_MINUTES = 5
STEP_SECONDS = 15
TIMEOUT_SECONDS = 8
MOST_EXPRESSIONS = 20
LARGEST_ANSWER = 4 * 1024 * 1024
# an incident whose alerts carry no expression (PagerDuty's, for one): nothing to ask for, nothing proved
PASS_WITHOUT_EXPRESSION = False


def deny(reason):
    print(reason)
    sys.exit(1)


def short(expression):
    line = " ".join(expression.split())
    return line if len(line) <= 80 else line[:79] + "…"


def fired(base, expression, now, deadline):
    """The newest time in the window at which the expression gave anything; None where it was quiet throughout."""
    step = min(STEP_SECONDS, max(1, int(QUIET_MINUTES * 60 / 4)))
    query = urllib.parse.urlencode({"query": expression, "start": now - QUIET_MINUTES * 60, "end": now, "step": step})
    left = deadline - time.monotonic()
    if left <= 0:
        deny("Prometheus did not answer in time")
    try:
        with urllib.request.urlopen(base + "/api/v1/query_range?" + query, timeout=left) as response:
            text = response.read(LARGEST_ANSWER + 1)
    except urllib.error.HTTPError as error:
        deny(f"Prometheus refused '{short(expression)}' with status {error.code}")
    except OSError as error:
        deny(f"Prometheus at {base} cannot be asked: {error}")
    if len(text) > LARGEST_ANSWER:
        deny(f"Prometheus' answer to '{short(expression)}' is too large to judge")
    answer = json.loads(text)
    if answer["status"] != "success" or answer["data"]["resultType"] != "matrix":
        deny(f"Prometheus gave no series for '{short(expression)}'")
    if answer.get("warnings"):
        deny(f"Prometheus answered only in part: {answer['warnings'][0]}")
    times = [float(at) for series in answer["data"]["result"] for at, _ in series["values"]]
    return max(times) if times else None


def main():
    question = json.load(sys.stdin)
    expressions = sorted({alert["expression"] for alert in question.get("alerts") or [] if alert.get("expression")})
    if not expressions:
        if PASS_WITHOUT_EXPRESSION:
            print("no alert has an expression to ask for")
            return
        deny("no alert has an expression to ask for, so nothing shows that it is over")
    if len(expressions) > MOST_EXPRESSIONS:
        deny(f"{len(expressions)} different expressions are more than the {MOST_EXPRESSIONS} that are asked for")
    base = ((question.get("prometheus") or {}).get("url") or "").rstrip("/")
    if not base.startswith(("http://", "https://")):
        deny("no Prometheus is configured under evidence.prometheus")
    now, deadline = time.time(), time.monotonic() + TIMEOUT_SECONDS
    for expression in expressions:
        at = fired(base, expression, now, deadline)
        if at is not None:
            deny(f"'{short(expression)}' still gave a result {max(0, int(now - at))} s ago; it must be quiet for {QUIET_MINUTES} min")
    print(f"quiet for {QUIET_MINUTES} min: " + ", ".join(f"'{short(expression)}'" for expression in expressions))


if __name__ == "__main__":
    try:
        main()
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        deny(f"the question or the answer could not be understood: {type(error).__name__}: {error}")
