#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Messages leave a real server once somebody allows it, stop when somebody stops them, and each one's
link unsubscribes its reader (never_19; one_click.py has many more). sending.py TIDEMARK SENDING_TOOL.
Prints TAP. Long form (TIDEMARK_TEST_LONG): 100,000 changed links.
"""
import email
import email.policy
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "mail"))
from client import Client, Server, check, end, tidemark, until
from shop import settings
from sink import Sink

tool = os.path.abspath(sys.argv[2])
API = "/api/v1"
BASE = "https://links.shop.example"
LONG = bool(os.environ.get("TIDEMARK_TEST_LONG"))
N = 400
ONE_CLICK = b"List-Unsubscribe=One-Click"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DATA = json.dumps({"message": "thanks-1", "order": {"number": "1", "url": "https://shop.example"}})
random.seed(11)


def plan(folder: str, campaign: int, addresses: list[str], *words: str) -> None:
    rows = "".join(f"{a}\t{campaign}\tm\t{DATA}\n" for a in addresses)
    subprocess.run([tool, "plan", folder, *words], input=rows, text=True, check=True)


CAMPAIGN = """name: Thanks
to: {include: {where: number_of_orders > 0}}
sends:
  - {name: first, channel: email, when: at once, variants: [
      {name: a, message: thanks-1, share: 50}, {name: b, message: cart-1, share: 50}]}
"""


def told(client: Client, method: str = "GET", path: str = "", body: object = None) -> dict:
    status, _, text = client.ask(method, f"{API}/sending{path}", body)
    return {"status": status, **(json.loads(text) if text else {})}


def number(owner: Client, state: str, reason: str | None = None) -> int:
    return sum(m["n"] for m in told(owner)["messages"]
               if m["state"] == state and (reason is None or m["reason"] == reason))


def links(sink: Sink) -> dict[str, str]:
    """The path of each recipient's link."""
    found = {}
    for text in list(sink.texts.values()):
        to = re.search(rb"^To: .*?([^ <>]+@[^ <>\r\n]+)", text, re.M).group(1).decode()
        head = text.split(b"\r\n\r\n")[0].replace(b"\r\n ", b" ")
        url = re.search(rb"^List-Unsubscribe: <([^>]+)>", head, re.M).group(1).decode()
        found[to] = url.removeprefix(BASE)
    return found


def suppressed(owner: Client, address: str) -> str | None:
    return json.loads(owner.ask("POST", API + "/suppression/check",
                                {"who": address, "channel": "email"})[2])["reason"]


def allowed(owner: Client, sink: Sink) -> None:
    check(until(lambda: told(owner)["state"] == "unarmed"), "a new workspace waits", told(owner))
    check(not sink.taken and number(owner, "planned") == N, "and nothing has left")
    got = told(owner, "POST", "/arm", {})
    check(got["status"] == 200 and got["armed"], "somebody allows it", got)
    check(until(lambda: number(owner, "accepted") == N, 120), "then all of it does",
          told(owner))
    check(len(sink.taken) == N and max(sink.taken.values()) == 1, "each once")


def left(owner: Client, nobody: Client, sink: Sink) -> None:
    path = links(sink)
    check(len(set(path.values())) == N, "each has a link of its own", len(set(path.values())))
    address, link = next(iter(path.items()))
    for method in ("GET", "HEAD", "OPTIONS"):
        nobody.ask(method, link)
    check(suppressed(owner, address) is None, "looking at it changes nothing")
    status, head, page = nobody.ask("GET", link, headers={"Accept-Language": "ar"})
    check(status == 200 and b'dir="rtl"' in page and b"<button>" in page and
          "set-cookie" not in head, "there is a page with a button, in the reader's language", page)
    status, _, _ = nobody.ask("POST", link, headers=FORM, raw=b"hello=1")
    check(status == 400 and suppressed(owner, address) is None, "another body is refused")
    wrong = link[:-3] + ("AAA" if link[-3:] != "AAA" else "BBB")
    check(nobody.ask("POST", wrong, headers=FORM, raw=ONE_CLICK)[0] == 404 and
          suppressed(owner, address) is None, "a link that was changed is none")
    status, head, page = nobody.ask("GET", wrong, headers={"Accept-Language": "th"})
    check(status == 404 and head["content-type"].startswith("text/html") and b'lang="th"' in page and
          b"<form" not in page, "its reader is told so on a page, in the reader's language", page)
    style = re.search(rb'stylesheet" href="([^"]+)"', page).group(1).decode()
    status, head, _ = nobody.ask("GET", style)
    check(status in (200, 404) and "immutable" not in head["cache-control"], "its style is asked for anew", head)
    chosen = {a for a in path if random.random() < 0.5}
    failed = [a for a in chosen
              if nobody.ask("POST", path[a], headers=FORM, raw=ONE_CLICK)[0] != 200]
    check(not failed, f"{len(chosen)} links are posted", failed[:3])
    mismatched = [a for a in path
                  if (suppressed(owner, a) == "unsubscribed") != (a in chosen)]
    check(not mismatched, "exactly these people are unsubscribed", mismatched[:3])
    multi = ("--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n"
             "--x--\r\n").encode()
    again = next(iter(chosen))
    check(nobody.ask("POST", path[again], raw=multi,
                     headers={"Content-Type": "multipart/form-data; boundary=x"})[0] == 200,
          "once more, in the other form, is as good")
    seen = next(c for c in told(owner)["campaigns"] if c["campaign"] == 1)["withdrawn"]
    check(seen == len(chosen), "the campaign sees that they left, each once", seen)
    entries = json.loads(owner.ask("POST", API + "/consent/find", {"who": again})[2])["entries"]
    check([e["state"] for e in entries].count("withdrawn") == 1, "and stands in the ledger once",
          entries)


def followed(owner: Client, nobody: Client, sink: Sink, folder: str) -> None:
    """Clicks and opens: a person's, a machine's, and none that leads elsewhere."""
    text = next(t for t in sink.texts.values() if b"/c?t=" in decoded(t).encode())
    page = decoded(text)
    paths = [p.removeprefix(BASE) for p in re.findall(r'(?:href|src)="(' + BASE + r'/[co]\?t=[^"]+)"',
                                                      page)]
    trap = re.search(r'href="' + BASE + r'(/c\?t=[^"]+)" style="display:none"', page).group(1)
    click = next(p for p in paths if p.startswith("/c") and p != trap)
    pixel = next(p for p in paths if p.startswith("/o"))
    phone = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)"}

    def seen() -> tuple[int, int, int, int]:
        c = next(c for c in told(owner)["campaigns"] if c["campaign"] == 1)
        return c["open"], c["click"], c["machine_opens"], c["machine_clicks"]
    time.sleep(5.5)  # what comes sooner is a scanner's
    status, head, _ = nobody.ask("GET", click, headers=phone)
    check(status == 302 and head["location"].startswith("https://shop.example") and
          "set-cookie" not in head, "a link leads to where the message led", (status, head))
    status, head, picture = nobody.ask("GET", pixel, headers=phone)
    check(status == 200 and picture.startswith(b"GIF89a") and head["cache-control"] == "no-store" and
          head["cross-origin-resource-policy"] == "cross-origin", "the picture loads", (status, head))
    check(seen() == (1, 1, 0, 0), "a person opened and clicked", seen())
    nobody.ask("HEAD", click, headers=phone)
    check(seen() == (1, 1, 0, 0), "HEAD counts as nothing", seen())
    nobody.ask("GET", click, headers=phone | {"Sec-Purpose": "prefetch"})
    nobody.ask("GET", pixel, headers={"User-Agent": "Mozilla/5.0"})
    check(seen() == (1, 1, 1, 1), "machines are kept apart", seen())
    wrong = []
    for _ in range(2000 if not LONG else 100000):
        at = random.randrange(5, len(click))
        changed = click[:at] + random.choice("AZaz09-_") + click[at + 1:]
        if changed != click and nobody.ask("GET", changed, headers=phone)[0] != 404:
            wrong.append(changed)
        if len(wrong) > 3:
            break
    # The last letter of a token has bits that say nothing: it is the same link.
    check(all(w[:-1] == click[:-1] for w in wrong), "no other link leads anywhere", wrong)
    nobody.ask("GET", trap, headers=phone)
    check(seen()[0] == 0 and seen()[1] == 0, "who follows the hidden link is a machine, and was",
          seen())


def decoded(text: bytes) -> str:
    part = email.message_from_bytes(text, policy=email.policy.default).get_body(("html",))
    return part.get_content() if part else ""


def gone(owner: Client, sink: Sink, folder: str, people: list[str]) -> None:
    """The next campaign reaches those who stayed alone."""
    stay = [a for a in people if suppressed(owner, a) is None]
    sink.taken.clear()
    sink.texts.clear()
    # A newer word lets one in again, which is not what is asked here: it is older.
    rows = "".join(f"{a}\t2\tm\t{DATA}\n" for a in people)
    subprocess.run([tool, "plan", folder], input=rows, text=True, check=True)
    check(until(lambda: not any(number(owner, s) for s in ("planned", "claimed", "handed over")),
                120), "all are decided",
          told(owner))
    check(set(links(sink)) == set(stay) and
          number(owner, "skipped", "unsubscribed") == len(people) - len(stay),
          f"{len(stay)} stayed and get the next one, the others do not", told(owner)["messages"])


def stopped(owner: Client, sink: Sink, folder: str) -> None:
    plan(folder, 3, [f"slow.{i}@s{i % 20}.example" for i in range(1500)])
    check(until(lambda: sum("slow" in t.decode("latin1") for t in list(sink.texts.values())) > 20),
          "many leave")
    done = subprocess.run([tidemark, "send", "stop", "--workspace", folder, "--json"], text=True,
                          capture_output=True)
    check(done.returncode == 0 and json.loads(done.stdout)["stopped"], "stopped beside the server",
          done.stderr)
    time.sleep(2)
    before = len(sink.taken)
    time.sleep(1.5)
    check(len(sink.taken) == before and before < 1400, "two seconds later nothing leaves",
          (before, len(sink.taken)))
    check(told(owner)["state"] == "stopped" and number(owner, "handed over") == 0,
          "and nothing is in the channel's hands", told(owner))
    check(told(owner, "POST", "/test", {"to": "ok@a.example", "message": "thanks-1"})["status"] == 403,
          "no trial either")
    check(told(owner, "POST", "/start", {})["stopped"] is False and
          until(lambda: len(sink.taken) > before), "it goes on")


def tried(owner: Client, sink: Sink, folder: str) -> None:
    got = told(owner, "POST", "/test", {"to": "ok.me@shop.example", "message": "cart-1",
                                        "language": "th"})
    check(got.get("outcome") == "accepted", "a trial message is sent", got)
    text = next((t for t in list(sink.texts.values()) if b"ok.me@shop.example" in t), b"")
    link = re.search(rb"^List-Unsubscribe: <([^>]+)>", text.replace(b"\r\n ", b" "), re.M)
    path = link.group(1).decode().removeprefix(BASE) if link else ""
    check(Client(owner.server).ask("POST", path, headers=FORM, raw=ONE_CLICK)[0] == 200 and
          suppressed(owner, "ok.me@shop.example") == "unsubscribed", "its link works, too")
    check(told(owner, "POST", "/test", {"to": "dead@a.example", "message": "cart-1"})
          .get("outcome") == "failed", "what the mail server says is told")
    check(told(owner, "POST", "/test", {"to": "ok@a.example", "message": "none"})["status"] == 404,
          "there must be such a message")
    status, _, text = owner.ask("POST", API + "/campaigns", {"text": CAMPAIGN})
    number = json.loads(text)["id"]
    status, _, text = owner.ask("POST", API + f"/campaigns/{number}/test", {"to": "ok.us@shop.example"})
    check(status == 200 and [(t["message"], t["outcome"]) for t in json.loads(text)["tried"]] ==
          [("thanks-1", "accepted"), ("cart-1", "accepted")], "all messages of a campaign are tried", text)
    check(json.loads(owner.ask("GET", API + f"/campaigns/{number}")[2])["needs_approval"] is True,
          "the shop's settings want a second person's word")
    got = [t for t in list(sink.texts.values()) if b"ok.us@shop.example" in t]
    check(len(got) == 2, "both came", len(got))
    check(owner.ask("POST", API + f"/campaigns/{number}/test", {})[0] == 400 and
          owner.ask("POST", API + "/campaigns/999/test", {"to": "ok@a.example"})[0] == 404, "or nothing was to be sent")
    done = subprocess.run([tidemark, "send", "check", "--offline", "--workspace", folder, "--json"],
                          text=True, capture_output=True)
    check(done.returncode == 0 and all(c["good"] for c in json.loads(done.stdout)),
          "the settings work", done.stdout + done.stderr)


with tempfile.TemporaryDirectory() as top:
    folder = str(pathlib.Path(top, "shop"))
    os.mkdir(folder)
    mail = Sink()
    pathlib.Path(folder, "tidemark.yaml").write_text(settings(mail.port, "approval_from: 1"))
    everybody = [f"ok.{i}@d{i % 30}.example" for i in range(N)]
    plan(folder, 1, everybody, "unarmed")
    server = Server(folder, options=("--public-url", BASE))
    boss = Client(server).first_owner()
    allowed(boss, mail)
    followed(boss, Client(server), mail, folder)
    left(boss, Client(server), mail)
    gone(boss, mail, folder, everybody)
    tried(boss, mail, folder)
    stopped(boss, mail, folder)
    check(server.end() == 0, "the server ends in order")
    mail.stop()
end()
