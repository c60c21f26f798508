#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The whole way of a message, from planned to a mail server, by the real sender: each at most once,
whatever dies, and every planned one accounted for.

    sending.py SENDING_TOOL [PART...]

Long form (TIDEMARK_TEST_LONG): 10,000 kills, 100,000 recipients of which one in a hundred is poison. The part
`patience` waits as long as RFC 5321 wants, ten minutes, and runs when it is named alone.
"""
import collections
import contextlib
import email
import email.policy
import json
import os
import pathlib
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from shop import settings
from sink import Sink
from tap import Tap

tap = Tap()
tool = os.path.abspath(sys.argv[1])
parts = sys.argv[2:]
LONG = bool(os.environ.get("TIDEMARK_TEST_LONG"))
BASE = "https://links.shop.example"
DATA = json.dumps({"message": "thanks-1", "contact": {"first_name": "Ada"},
                   "order": {"number": "1001", "url": "https://shop.example/o"}})
random.seed(int(os.environ.get("TIDEMARK_TEST_SEED", "7")))

STATES = ["planned", "claimed", "handed over", "accepted", "failed", "uncertain", "skipped"]


class Shop:
    def __init__(self, top: str, sink: Sink, connections: int = 8):
        self.folder = str(pathlib.Path(top, f"shop{random.randrange(10**9)}"))
        os.makedirs(self.folder)
        self.sink = sink
        pathlib.Path(self.folder, "tidemark.yaml").write_text(
            settings(sink.port, "bounce_domain: bounce.shop.example", smtp=f", connections: {connections}"))

    def ask(self, *words: str, stdin: str = "") -> list[list[str]]:
        done = subprocess.run([tool, words[0], self.folder, *words[1:]], input=stdin,
                              encoding="utf-8", errors="surrogateescape", capture_output=True,
                              timeout=600)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return [line.split("\t") for line in done.stdout.splitlines()]

    def plan(self, rows: list[tuple]) -> None:
        self.ask("plan", stdin="".join("\t".join(map(str, row)) + "\n" for row in rows))

    def run(self, seconds: float = 300) -> str:
        done = subprocess.run([tool, "run", self.folder, BASE], text=True, capture_output=True,
                              timeout=seconds)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def start(self) -> subprocess.Popen:
        return subprocess.Popen([tool, "run", self.folder, BASE], stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE)

    def counts(self) -> collections.Counter:
        """Read beside the sender, too."""
        with contextlib.closing(sqlite3.connect(f"file:{self.folder}/outbox.db?mode=ro", uri=True,
                                                timeout=60)) as db:
            return collections.Counter({STATES[state]: n for state, n in db.execute(
                "SELECT state, sum(n) FROM tally GROUP BY state")})

    def states(self) -> dict[str, str]:
        return {address: state for _, state, address, _, _ in self.ask("each")}

    def reasons(self) -> collections.Counter:
        """Of those that did not go out."""
        return collections.Counter(reason for _, state, _, _, reason in self.ask("each")
                                   if state != "accepted")

    def suppressed(self, *addresses: str) -> dict[str, str]:
        return {row[0]: row[1] for row in self.ask("suppressed", *addresses)}


def recipients(sink: Sink) -> collections.Counter:
    """How often each address was in the hands of the mail server."""
    n: collections.Counter = collections.Counter()
    for found, times in list(sink.taken.items()):
        if found not in sink.texts:
            continue
        to = re.search(rb"^To: .*?([^ <>]+@[^ <>\r\n]+)", sink.texts[found], re.M).group(1)
        n[to.decode()] += times
    return n


def one_way(top: str) -> None:
    """What is sent, and what becomes of each answer."""
    sink = Sink()
    shop = Shop(top, sink)
    rows = [(f"{word}.{i}@d{i}.example", 7, "m", DATA)
            for word in ("ok", "dead", "hard", "garbage") for i in range(5)]
    rows.append(("ok.t@d.example", 8, "t", DATA))
    shop.plan(rows)
    shop.run()
    states = shop.states()
    want = {"ok": "accepted", "dead": "failed", "hard": "failed", "garbage": "uncertain"}
    wrong = [a for a, s in states.items() if want[a.split(".")[0]] != s]
    tap.check(not wrong, "each ended as the mail server answered", f"{wrong} {states}")
    was = shop.suppressed("dead.1@d1.example", "hard.1@d1.example", "ok.1@d1.example")
    tap.check(was == {"dead.1@d1.example": "bounced", "hard.1@d1.example": "",
                      "ok.1@d1.example": ""}, "a dead address is suppressed, no other is", str(was))
    by_address = {email.message_from_bytes(t, policy=email.policy.default)["To"].addresses[0]
                  .addr_spec: email.message_from_bytes(t, policy=email.policy.default)
                  for t in sink.texts.values()}
    marketing, other = by_address["ok.1@d1.example"], by_address["ok.t@d.example"]
    url = marketing["List-Unsubscribe"]
    tap.check(re.fullmatch(rf"<{re.escape(BASE)}/u/[A-Za-z0-9_-]+>", url) is not None and
              marketing["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click",
              "a marketing message can be left with one click", str(marketing))
    tap.check(marketing["List-ID"] is not None and marketing["Feedback-ID"].startswith("7:") and
              marketing["From"].addresses[0].addr_spec == "news@shop.example",
              "it says which list and campaign it is of", str(marketing))
    tap.check(url.strip("<>") in marketing.get_body(("plain",)).get_content(),
              "the same link stands in its text")
    tap.check("1 High Street" in marketing.get_body(("plain",)).get_content(),
              "and the shop's postal address")
    tap.check(other["List-Unsubscribe"] is None and
              other["From"].addresses[0].addr_spec == "orders@shop.example",
              "a transactional one comes from another address, without them", str(other))
    urls = {m["List-Unsubscribe"] for m in by_address.values() if m["List-Unsubscribe"]}
    tap.check(len(urls) == len(by_address) - 1, "each has a link of its own")
    sink.stop()


def named(name: str) -> str:
    """Data of a message to somebody of that name."""
    return json.dumps({"message": "hello", "contact": {"first_name": name}})


# Address and data. What is in the first list cannot be put together or is refused, and ends with a
# reason; what is in the second is odd alone, and comes once, as one message to one reader.
NEVER = [("ok.p{}@d.example", json.dumps({"message": "there is none"})),
         ("ok.p{}@d.example", "{not json"),
         ("ok.p{}@d.example", json.dumps({"no": "message"})),
         ("ok.p{}@d.example", '{"message": "hello", "contact": {"first_name": "Zo\udceb"}}'),
         ("ok.p{}@d.example", '{"message": "hello", "contact": {"first_name": "\udced\udca0\udc80"}}'),
         ("ok.p{}@d.example", '{"message": "hello", "contact": {"first_name": "\\ud800"}}'),
         ("ok.p{}@d.example", '{"message": "hello", "\udcc0\udcaf": 1}'),
         ("ok.p{}@d.example", "[" * 30000 + "]" * 30000),
         ("ok.p{}@d.example", named("Eve\r\nBcc: all@d.example\r\nX-Evil: 1")),
         ("ok.p{}@d.example", named("Eve\n.\nMAIL FROM:<evil@d.example>\n")),
         ("ok.p{}@d.example", named("\0Eve\0")),
         ("ok.p{}@d.example", named("x" * 60000)),
         ("spam.p{}@d.example", DATA),
         ("\u00fcn\u00ef.p{}@d.example", DATA)]
ODD = [("ok.p{}@d.example", named("\u202eevE \u2066ecilA")),
       ("ok.p{}@d.example", named("{{ 7 | times: 7 }}{% for i in (1..1000000) %}x{% endfor %}")),
       ("ok.p{}@d.example", named("<script>alert(1)</script>\" onclick=x")),
       ("ok.p{}@d.example", named("Zoe\u0308 \U0001f469\u200d\U0001f469\u200d\U0001f466 \ufeff")),
       ("ok.p{}@\U0001f48c.example", DATA),
       ("o'k+{{x}}%s.p{}@d.example", DATA)]
HELLO = """name: hello
subject: "To {{ person.first_name }}"
html: "{% render 'top' %}<p title=\\"{{ person.first_name }}\\">Hello {{ person.first_name }}</p>{% render 'end' %}"
"""


def is_plain(text: bytes, address: str) -> bool:
    """One message to one reader, whatever stands in it."""
    m = email.message_from_bytes(text, policy=email.policy.default)
    html = m.get_body(("html",)).get_content()
    on_the_wire = address.replace("\U0001f48c", "xn--rr8h")
    return ([a.addr_spec for a in m["To"].addresses] == [on_the_wire] and text.isascii() and not m.defects and
            not any(m[name] for name in ("Bcc", "Cc", "X-Evil")) and "<script>alert" not in html and
            b"\0" not in text and len(m.get_all("Subject")) == 1 and b"\n" not in text.replace(b"\r\n", b""))


def poison(top: str) -> None:
    """One in a hundred cannot be put together, is refused or is odd: the others get theirs, once."""
    n = 100000 if LONG else 2000
    odd_texts: dict[str, bytes] = {}

    def keep(text: bytes) -> bytes:
        to = re.search(rb"^To: .*?([^ <>]+@[^ <>\r\n]+)", text, re.M).group(1).decode()
        if ".p" in to:
            to = to.replace("@xn--rr8h.", "@\U0001f48c.")
            odd_texts[to] = text
        return b"To: " + to.encode()
    sink = Sink(keep=keep)
    shop = Shop(top, sink)
    shop.ask("keep", "hello", stdin=HELLO)
    rows, never, odd = [], set(), set()
    kinds = [(kind, never) for kind in NEVER] + [(kind, odd) for kind in ODD]
    for i in range(n):
        if i % 100 == 50:
            (address, data), which = kinds[i // 100 % len(kinds)]
            address = address.format(i)
            which.add(address)
        else:
            address, data = f"ok.{i}@d{i % 50}.example", DATA if i % 2 else named("Ann")
        rows.append((address, 1 + i % 3, "m", data))
    shop.plan(rows)
    began = time.monotonic()
    shop.run(7200)
    took = time.monotonic() - began
    states, got = shop.states(), recipients(sink)
    sound = [a for a, *_ in rows if a not in never and a not in odd]
    tap.check(all(got[a] == 1 for a in sound), f"{len(sound)} of {n} get exactly one",
              str([(a, got[a], states[a]) for a in sound if got[a] != 1][:5]))
    ended = collections.Counter(states[a] for a in never)
    tap.check(set(ended) == {"skipped", "failed"}, f"{len(never)} ended otherwise, each once", str(ended))
    reasons = shop.reasons()
    # What a server refuses has the server's answer for a reason.
    tap.check(sum(reasons.values()) == len(never) and reasons[""] == ended["failed"],
              "each with a reason", str(reasons))
    tap.check(not any(got[a] for a in never if states[a] == "skipped"), "and none of them came",
              str([a for a in never if got[a]][:5]))
    broken = [a for a in odd if got[a] != 1 or not is_plain(odd_texts[a], a)]
    tap.check(not broken, f"{len(odd)} odd ones came once, as one message to one reader",
              str([(a, got[a], odd_texts.get(a, b"")[:600]) for a in broken[:3]]))
    tap.check(sum(shop.counts().values()) == n, "every planned one is accounted for")
    print(f"# {n} in {took:.0f} s; {dict(reasons)}")
    sink.stop()


def kills(top: str) -> None:
    """The sender is killed at any moment, and the mail server dies before and after its answer."""
    want = int(os.environ.get("TIDEMARK_TEST_KILLS", "10000" if LONG else "25"))
    words = ["ok"] * 12 + ["dieatend", "half", "dieatdata", "dieatrcpt", "slow", "endbye"]
    sink = Sink(close_after=17)
    done = uncertain = most = doubled = unsettled = transactional = planned = 0
    connections = 8
    while done < want:
        sink.taken.clear()
        sink.texts.clear()
        shop = Shop(top, sink, connections)
        rows = []
        for i in range(1500):
            word = random.choice(words)
            rows.append((f"{word}.{i}@{word}{i % 9}.example", 1 + i % 3,
                         "t" if i % 10 == 0 else "m", DATA))
        shop.plan(rows)
        planned += len(rows)
        for _ in range(min(want - done, 50)):
            process = shop.start()
            time.sleep(random.random() * 0.25)
            process.send_signal(signal.SIGKILL)
            process.wait()
            done += 1
            after = shop.counts()
            most = max(most, after["handed over"])
            if after["planned"] + after["claimed"] + after["handed over"] < 200:
                break
        # What is left waits for minutes where the server said: later.
        process = shop.start()
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            left = shop.counts()
            if not left["claimed"] and not left["handed over"] and left["planned"] < 700:
                break
            time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        counts, got, states = shop.counts(), recipients(sink), shop.states()
        kind = {a: k for a, _, k, _ in rows}
        doubled += sum(n > 1 for a, n in got.items() if kind[a] == "m")
        transactional += sum(n > 1 for a, n in got.items() if kind[a] == "t")
        uncertain += counts["uncertain"]
        unsettled += counts["claimed"] + counts["handed over"]
        known = sum(got[a] == 0 for a, s in states.items() if s == "accepted")
        if known or sum(counts.values()) != len(rows):
            tap.check(False, "accepted ones arrived, and all are accounted for",
                      f"{known} {counts}")
        subprocess.run(["rm", "-rf", shop.folder], check=True)
    tap.check(doubled == 0, f"{done} kills, {planned} messages: no marketing twice",
              f"{doubled} twice")
    tap.check(most <= connections, "no kill leaves more unknown than there were connections",
              f"{most} of {connections}")
    tap.check(unsettled == 0, "after an end in order nothing is in anybody's hands", str(unsettled))
    print(f"# uncertain: {uncertain}, at most {most} of one kill; transactional ones that "
          f"came more than once: {transactional}")
    sink.stop()


def breaker(top: str) -> None:
    """A campaign of which too much comes back is paused; another goes on."""
    sink = Sink()
    shop = Shop(top, sink)
    rows = [(f"{'dead' if i % 10 == 0 else 'ok'}.a{i}@d{i % 40}.example", 5, "m", DATA)
            for i in range(2000)]
    rows += [(f"ok.b{i}@d{i % 40}.example", 6, "m", DATA) for i in range(1000)]
    shop.plan(rows)
    process = shop.start()
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        got = recipients(sink)
        if sum(".b" in a for a in got) == 1000:
            break
        time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)
    sent = collections.Counter(a.split(".")[1][0] for a, s in shop.states().items()
                               if s in ("accepted", "failed"))
    tap.check(sent["b"] == 1000, "the sound campaign went on", str(sent))
    tap.check(200 <= sent["a"] <= 700, "the other was paused soon after 200 recipients", str(sent))
    sink.stop()


def silence(top: str) -> None:
    """Destinations that say nothing after a message hold up none of which nothing is known yet."""
    sink = Sink()
    shop = Shop(top, sink)
    rows = [(f"hang.{i}@hang{i}.example", 1, "m", DATA) for i in range(4)]
    rows += [(f"ok.{i}@d{i % 40}.example", 1, "m", DATA) for i in range(400)]
    shop.plan(rows)
    process = shop.start()
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and shop.counts()["accepted"] < 400:
        time.sleep(0.1)
    counts = shop.counts()
    process.terminate()
    process.wait(timeout=60)
    tap.check(counts["accepted"] == 400 and counts["handed over"] == 4, "four that are silent hold up nobody", str(counts))
    tap.check(shop.counts()["uncertain"] == 4, "and are uncertain once it ends", str(shop.counts()))
    sink.stop()


def patience(top: str) -> None:
    """The last answer may take ten minutes: who answers before them has it, who does not may have it;
    meanwhile everything else goes on, and nobody takes the message for lost."""
    sink = Sink()
    shop = Shop(top, sink)
    rows = [(f"{word}.{i}@{word}{i}.example", 1, "m", DATA) for word in ("hanglate", "hang") for i in range(2)]
    rows += [(f"ok.{i}@d{i % 40}.example", 1, "m", DATA) for i in range(1000)]
    shop.plan(rows)
    began = time.monotonic()
    process = shop.start()
    others = ended = None
    lent = []
    while process.poll() is None and time.monotonic() - began < 900:
        counts, now = shop.counts(), time.monotonic() - began
        others = others or (now if counts["accepted"] >= 1000 else None)
        ended = ended or (now if counts["uncertain"] == 2 else None)
        if others and not ended:
            lent.append(counts["handed over"])
        time.sleep(0.2)
    ended = ended or time.monotonic() - began  # with the last of them it is over
    process.terminate()
    process.wait(timeout=60)
    states, got = shop.states(), recipients(sink)
    tap.check(others is not None and others < 120, "a thousand others went meanwhile", f"after {others} s")
    tap.check({states[f"hanglate.{i}@hanglate{i}.example"] for i in range(2)} == {"accepted"},
              "an answer after 590 seconds counts", str({a: s for a, s in states.items() if a[:2] != "ok"}))
    tap.check({states[f"hang.{i}@hang{i}.example"] for i in range(2)} == {"uncertain"} and
              600 <= ended < 660, "none after 600 leaves it open", f"after {ended} s")
    tap.check(bool(lent) and max(lent) == 4 and min(lent) >= 2, "until then they are in the sender's hands",
              f"{collections.Counter(lent)}")
    tap.check(set(got.values()) == {1} and len(got) == len(rows), "each was sent once", str(got.most_common(3)))
    print(f"# the others after {others or 0:.1f} s, silence was left after {ended:.1f} s")
    sink.stop()


with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as top:
    for part in (one_way, poison, kills, breaker, silence, patience):
        if part.__name__ in parts or (not parts and part is not patience):
            part(top)
tap.done()
