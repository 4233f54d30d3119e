#!/usr/bin/env python3
"""Writes the sample incidents next to it: checkout-deploy/ (a deploy broke checkout) and quiet/ (nothing is wrong).

  generate.py [--out DIR]      default: the folder of this file

Python 3 standard library only; seeded, so that the same program writes the same bytes.
"""
import argparse
import json
import math
import os
import random
from datetime import timedelta

import storm
from shop import BROKEN, CALLS, MINUTES, NEW, OLD, ROWS, SERVICES, STEP, ago, fault, iso, pods


class Noise:
    """Noise with memory: what a real series looks like between two samples."""

    def __init__(self, rng, size):
        self.rng, self.size, self.value = rng, size, 0.0

    def next(self):
        self.value = 0.7 * self.value + 0.3 * self.rng.gauss(0, 1)
        return 1 + self.size * (self.value * 1.4 + self.rng.gauss(0, 0.4))


class Sample:
    def __init__(self, folder, seed, broken):
        self.folder, self.rng, self.broken = folder, random.Random(seed), broken

    def write(self, path, text):
        full = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8", newline="\n") as f:
            f.write(text)

    def json(self, path, value):
        self.write(path, json.dumps(value, indent=2) + "\n")

    def lines(self, path, rows):
        self.write(path, "".join(json.dumps(r, separators=(",", ":")) + "\n" for r in rows))

    def fault(self, when):
        return fault(when) if self.broken else 0.0

    # ---- metrics -------------------------------------------------------------------------------------------------------------

    def series(self, columns):
        """columns: name -> (noise size, digits, f(time, drift) -> value)."""
        noise = {name: Noise(self.rng, c[0]) for name, c in columns.items()}
        rows = ["time," + ",".join(columns)]
        for i in range(ROWS):
            when = ago(MINUTES) + timedelta(seconds=STEP * i)
            # the day's curve: traffic rises by some 6 % over the window
            drift = 1 + 0.03 * math.sin(math.pi * (i / ROWS - 0.5)) + 0.01 * math.sin(i / 9)
            values = [("%.*f" % (c[1], max(0.0, c[2](when, drift) * noise[n].next()))) for n, c in columns.items()]
            rows.append(iso(when) + "," + ",".join(values))
        return "\n".join(rows) + "\n"

    def effect(self, service, when):
        """(factor of requests, added error ratio, factor of p50, factor of p99, factor of cpu) by the fault."""
        f = self.fault(when)
        return {
            "checkout": (1 + 0.52 * f, BROKEN * f, 1 - 0.12 * f, 1 + 0.10 * f, 1 + 0.22 * f),
            "frontend": (1 + 0.02 * f, 0.034 * f, 1 + 0.05 * f, 1 + 3.9 * f, 1 + 0.10 * f),
            "cart": (1 + 0.03 * f, 0.022 * f, 1 + 0.08 * f, 1 + 4.6 * f, 1 + 0.08 * f),
            "payment": (1 - 0.28 * f, 0, 1, 1, 1 - 0.2 * f),
            "shipping": (1 - 0.28 * f, 0, 1, 1, 1 - 0.2 * f),
            "email": (1 - 0.29 * f, 0, 1, 1, 1 - 0.2 * f),
            "currency": (1 + 0.05 * f, 0, 1, 1, 1),
        }.get(service, (1, 0, 1, 1, 1))

    def metrics(self):
        index = {}
        for service, (rps, p50, p99, errors, cores, memory, count, _) in SERVICES.items():
            e = lambda when, s=service: self.effect(s, when)
            self.write("bundle/metrics/%s.csv" % service, self.series({
                "requests_per_second": (0.03, 2, lambda t, d: rps * d * e(t)[0]),
                "error_ratio": (0.16, 5, lambda t, d: errors + e(t)[1]),
                "latency_p50_ms": (0.025, 1, lambda t, d: p50 * (0.7 + 0.3 * d) * e(t)[2]),
                "latency_p99_ms": (0.05, 1, lambda t, d: p99 * (0.7 + 0.3 * d) * e(t)[3]),
                "cpu_cores": (0.04, 3, lambda t, d: cores * d * e(t)[4]),
                "memory_mb": (0.004, 1, lambda t, d: memory * count),
            }))
            index[service + ".csv"] = {"service": service, "instance": None, "kind": "service"}
        for caller, callee in CALLS:
            share = min(SERVICES[caller][0], SERVICES[callee][0]) * 0.6
            e = lambda when, s=callee: self.effect(s, when)
            stopped = caller == "checkout" and callee != "currency"
            name = "edge-%s_%s.csv" % (caller, callee)
            self.write("bundle/metrics/" + name, self.series({
                "requests_per_second": (0.035, 2, lambda t, d: share * d * (1 - 0.28 * self.fault(t) if stopped else e(t)[0])),
                "error_ratio": (0.2, 5, lambda t, d: SERVICES[callee][3] + e(t)[1]),
                "latency_p99_ms": (0.06, 1, lambda t, d: SERVICES[callee][2] * 1.04 * e(t)[3]),
            }))
            index[name] = {"service": caller, "instance": None, "kind": "edge", "peer": callee}
        for letter in "abc":
            name = "node-%s.csv" % letter
            self.write("bundle/metrics/" + name, self.series({
                "cpu_ratio": (0.03, 4, lambda t, d: 0.41 * d), "memory_ratio": (0.004, 4, lambda t, d: 0.57),
                "disk_used_ratio": (0.001, 4, lambda t, d: 0.48),
            }))
            index[name] = {"service": None, "instance": "node-" + letter, "kind": "node"}
        self.json("bundle/metrics/index.json", index)

    # ---- logs ----------------------------------------------------------------------------------------------------------------

    def logs(self, scale):
        for service in SERVICES:
            rows = []
            count = int((420 if service == "checkout" else 190 if service in ("frontend", "cart") else 110) * scale)
            for _ in range(count):
                when = ago(MINUTES) + timedelta(milliseconds=self.rng.randrange(MINUTES * 60_000 - 4_000))
                rows += self.log_lines(service, when)
            rows.sort(key=lambda r: r["time"])
            self.lines("bundle/logs/%s.jsonl" % service, rows)

    def log_lines(self, service, when):
        r, f = self.rng, self.fault(when)
        version = NEW if r.random() < f else OLD
        pod = r.choice(pods(service, version))
        line = lambda level, text, after=0: {
            "time": iso(when + timedelta(milliseconds=after)), "service": service, "instance": pod, "level": level, "message": text}
        order, user, ms = "%08x" % r.getrandbits(32), "u%05d" % r.randrange(99999), lambda low, high: r.randrange(low, high)
        if service == "checkout":
            if r.random() < BROKEN * f * (1 if version == NEW else 0):
                return [
                    line("error", "pricing of order %s failed: NullReferenceException: discount of line %d is null (currency %s) at PriceCalculator.ApplyDiscount"
                         % (order, r.randrange(1, 6), r.choice(["EUR", "USD", "SEK"]))),
                    line("error", "POST /orders 500 in %d ms order=%s" % (ms(18, 60), order), 2)]
            if r.random() < 0.004:
                return [line("warn", "payment of order %s declined: insufficient funds" % order)]
            return [r.choice([
                lambda: line("info", "order %s priced: %d lines, total %d.%02d EUR" % (order, ms(1, 9), ms(5, 400), ms(0, 100))),
                lambda: line("info", "POST /orders 201 in %d ms order=%s" % (ms(35, 260), order)),
                lambda: line("info", "order %s handed to shipping, parcel class %s" % (order, r.choice("SML"))),
                lambda: line("debug", "currency table refreshed, %d rates" % ms(31, 34))])()]
        if service in ("frontend", "cart") and r.random() < 0.01 + 0.30 * f:
            return [line("warn", "call to checkout failed with 500, attempt %d of 3, retry in %d ms" % (ms(1, 4), ms(100, 900)))]
        return [r.choice({
            "frontend": [lambda: line("info", "GET /product/%d 200 in %d ms" % (ms(1000, 9999), ms(30, 240))),
                         lambda: line("info", "GET /cart 200 in %d ms user=%s" % (ms(20, 120), user)),
                         lambda: line("info", "session %s started" % order)],
            "cart": [lambda: line("info", "item %d added to cart of %s" % (ms(1000, 9999), user)),
                     lambda: line("info", "cart of %s loaded, %d items" % (user, ms(1, 12)))],
            "payment": [lambda: line("info", "charge %s authorised in %d ms" % (order, ms(60, 300))),
                        lambda: line("info", "charge %s settled, batch %d" % (order, ms(100, 999)))],
            "catalog": [lambda: line("info", "search returned %d products in %d ms" % (ms(0, 90), ms(4, 60))),
                        lambda: line("debug", "cache hit ratio %.2f" % r.uniform(0.91, 0.97))],
            "currency": [lambda: line("debug", "converted %d.%02d EUR to %s" % (ms(1, 300), ms(0, 100), r.choice(["USD", "SEK", "GBP"])))],
            "shipping": [lambda: line("info", "quote for order %s: %d.%02d EUR" % (order, ms(3, 19), ms(0, 100)))],
            "email": [lambda: line("info", "receipt for order %s queued" % order),
                      lambda: line("warn", "mailbox of %s deferred, try again in %d s" % (user, ms(30, 300)))],
        }[service])()]

    # ---- traces --------------------------------------------------------------------------------------------------------------

    def traces(self, count):
        rows = []
        for n in range(count):
            when = ago(MINUTES) + timedelta(milliseconds=self.rng.randrange(MINUTES * 60_000 - 4_000))
            rows += self.trace(when, "%016x" % self.rng.getrandbits(64), orders=n % 3 != 0)
        rows.sort()
        self.write("bundle/traces.csv",
                   "time,traceId,spanId,parentId,service,instance,operation,durationMs,status,attributes\n" + "\n".join(rows) + "\n")

    def trace(self, when, trace_id, orders):
        r, rows, ids = self.rng, [], iter(range(1, 99))
        pick = lambda s, v=None: r.choice(pods(s, v))

        def span(parent, service, instance, operation, start, ms, status="OK", attributes=""):
            span_id = "%04x" % next(ids)
            rows.append(",".join([iso(when + timedelta(milliseconds=int(start))), trace_id, span_id, parent, service, instance, operation,
                                  "%.1f" % ms, status, attributes]))
            return span_id

        around = lambda ms: ms * r.lognormvariate(0, 0.25)
        if not orders:
            a, b = around(12), around(3)
            root = span("", "frontend", pick("frontend"), "GET /product", 0, a + b + around(20))
            span(root, "catalog", pick("catalog"), "GetProduct", 4, a)
            span(root, "currency", pick("currency"), "Convert", 5 + a, b)
            return rows
        caller = r.choice(["frontend", "frontend", "cart"])
        root_at, attempts, ok, at = len(rows), 0, False, 6.0
        root = span("", caller, pick(caller), "POST /order" if caller == "frontend" else "Preview", 0, 0)
        while attempts < 3 and not ok:
            attempts += 1
            version = NEW if r.random() < self.fault(when) else OLD
            ok = not (version == NEW and r.random() < BROKEN * 1.15)
            pod, begin, tag = pick("checkout", version), at, "version=%s" % ("v2.14.0" if version == NEW else "v2.13.4")
            convert, price = around(3), around(9)
            children = [("currency", "Convert", convert)]
            if ok:
                children += [("payment", "Charge", around(88)), ("shipping", "Quote", around(26)), ("email", "SendReceipt", around(12))]
            total = price + sum(c[2] for c in children) + around(6)
            place = span(root, "checkout", pod, "PlaceOrder", begin, total, "OK" if ok else "ERROR", tag)
            at += 2
            span(place, "currency", pick("currency"), "Convert", at, convert)
            at += convert
            span(place, "checkout", pod, "PriceOrder", at, price, "OK" if ok else "ERROR", tag if ok else tag + " exception=NullReferenceException")
            at += price
            for service, operation, ms in children[1:]:
                span(place, service, pick(service), operation, at, ms)
                at += ms
            at = begin + total + (0 if ok else 150 * 2 ** attempts)
        parts = rows[root_at].split(",")
        parts[7], parts[8] = "%.1f" % (at + around(8)), "OK" if ok else "ERROR"
        rows[root_at] = ",".join(parts)
        return rows

    def topology(self):
        self.json("bundle/topology.json", {
            "calls": [list(c) for c in CALLS],
            "runsOn": [[s, "node-" + n] for s, v in SERVICES.items() for n in v[7]]})


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--out", default=os.path.dirname(os.path.abspath(__file__)))
    out = options.parse_args().out
    broken = Sample(os.path.join(out, "checkout-deploy"), 20260310, broken=True)
    broken.metrics()
    broken.logs(1.0)
    broken.traces(190)
    broken.topology()
    storm.write_broken(broken)
    quiet = Sample(os.path.join(out, "quiet"), 7, broken=False)
    quiet.metrics()
    quiet.logs(0.45)
    quiet.traces(90)
    quiet.topology()
    storm.write_quiet(quiet)


if __name__ == "__main__":
    main()
