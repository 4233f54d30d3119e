"""The shop that the samples are about: services, calls, times of the story. Read by generate.py and storm.py."""
from datetime import datetime, timedelta, timezone

BASE = datetime(2026, 3, 10, 14, 0, 0, tzinfo=timezone.utc)
STEP, MINUTES = 15, 40
ROWS = MINUTES * 60 // STEP + 1
NAMESPACE = "shop"

# name: requests a second, p50 ms, p99 ms, error ratio, cores, MB, pods, node of each pod
SERVICES = {
    "frontend": (62.0, 74, 310, 0.0015, 1.30, 410, 3, "abc"),
    "cart": (31.0, 21, 95, 0.0009, 0.55, 260, 2, "ab"),
    "checkout": (12.5, 58, 240, 0.0030, 0.62, 340, 3, "abc"),
    "payment": (11.2, 88, 330, 0.0012, 0.30, 210, 2, "bc"),
    "catalog": (54.0, 12, 60, 0.0004, 0.80, 520, 2, "ac"),
    "currency": (40.0, 3, 14, 0.0001, 0.22, 90, 2, "bc"),
    "shipping": (11.2, 26, 120, 0.0006, 0.18, 130, 1, "c"),
    "email": (10.9, 35, 190, 0.0020, 0.12, 150, 1, "a"),
}
CALLS = [
    ("frontend", "cart"), ("frontend", "catalog"), ("frontend", "checkout"), ("frontend", "currency"), ("cart", "catalog"),
    ("cart", "checkout"), ("checkout", "payment"), ("checkout", "shipping"), ("checkout", "currency"), ("checkout", "email"),
]
OLD, NEW = "6b9f4d7c58", "7d8c5f9b64"
SUFFIXES = ["q4x2m", "z7k9p", "hv5tn"]
# minutes before BASE
DECOY, DEPLOY, ONSET, ALERT = 23.0, 14.0, 13.25, 8.0
BROKEN = 0.31


def iso(when):
    text = when.strftime("%Y-%m-%dT%H:%M:%S")
    return text + (".%03dZ" % (when.microsecond // 1000) if when.microsecond else "Z")


def ago(minutes):
    return BASE - timedelta(minutes=minutes)


def fault(when):
    """0 before the deploy, 1 when every pod runs the new version; the rollout takes about a minute and a half."""
    since = (when - ago(ONSET)).total_seconds()
    return max(0.0, min(1.0, since / 90))


def pods(service, version=None):
    digest = {"checkout": version or OLD}.get(service, "%010x" % (hash_of(service) % 16**10))
    return ["%s-%s-%s" % (service, digest, SUFFIXES[i] if service == "checkout" else "%05x" % (hash_of(service + str(i)) % 16**5))
            for i in range(SERVICES[service][6])]


def hash_of(text):
    """Not Python's hash(), which differs from run to run."""
    value = 2166136261
    for c in text.encode():
        value = (value ^ c) * 16777619 % 2**40
    return value
