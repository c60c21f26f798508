#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A shop that is live only has the figures and the mark of the same shop by files, as far as the
formats carry the same: live_marks.py TIDEMARK. Prints TAP."""
import base64
import hashlib
import hmac
import json
import os
import subprocess
import tempfile
import time

from client import Client, Server, check, end, tidemark

SECRET = "seven quiet webhooks"
PEOPLE = 30


def orders() -> list[dict]:
    """Some buy again, some are refunded, one is cancelled."""
    made = []
    for i in range(120):
        who = i * 7 % PEOPLE
        day = 1 + i // 5
        made.append({"number": 1001 + i, "who": who, "total": 2000 + 150 * (i % 9),
                     "at": f"2026-{9 + day // 29:02d}-{1 + day % 28:02d}T{8 + i % 5:02d}:{i % 60:02d}:00",
                     "refund": 500 if i % 20 == 3 else 0, "cancelled": i == 50})
    return made


def shopify_csv(found: list[dict]) -> str:
    rows = ["Name,Email,Financial Status,Paid at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,"
            "Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,"
            "Refunded Amount,Cancelled at,Id"]
    for o in found:
        at = o["at"].replace("T", " ") + " +0000"
        status = "refunded" if o["cancelled"] else "partially_refunded" if o["refund"] else "paid"
        rows.append(f"#{o['number']},c{o['who']}@example.com,{status},{at},no,EUR,{o['total'] / 100:.2f},0.00,0.00,"
                    f"{o['total'] / 100:.2f},,0.00,{at},1,Tea,{o['total'] / 100:.2f},TEA,"
                    f"{o['refund'] / 100:.2f},{at if o['cancelled'] else ''},{9000 + o['number']}")
    return "\n".join(rows) + "\n"


def shopify_hook(o: dict) -> dict:
    price = f"{o['total'] / 100:.2f}"
    status = "refunded" if o["cancelled"] else "partially_refunded" if o["refund"] else "paid"
    refunds = [{"id": 7000 + o["number"], "created_at": o["at"] + "Z", "order_id": 9000 + o["number"],
                "transactions": [{"kind": "refund", "status": "success", "amount": f"{o['refund'] / 100:.2f}",
                                  "currency": "EUR"}], "refund_line_items": []}] if o["refund"] else []
    return {"id": 9000 + o["number"], "name": f"#{o['number']}", "email": f"c{o['who']}@example.com",
            "created_at": o["at"] + "Z", "processed_at": o["at"] + "Z", "updated_at": o["at"] + "Z",
            "cancelled_at": o["at"] + "Z" if o["cancelled"] else None, "financial_status": status,
            "currency": "EUR", "subtotal_price": price, "total_tax": "0.00", "total_discounts": "0.00",
            "total_price": price, "buyer_accepts_marketing": False, "source_name": "web", "test": False,
            "line_items": [{"id": 1, "title": "Tea", "name": "Tea", "quantity": 1, "price": price, "sku": "TEA"}],
            "refunds": refunds}


def events() -> list[dict]:
    """Visits of the site: some look, fewer put into the cart, fewer buy."""
    made = []
    for i in range(300):
        at = f"2026-{9 + i % 2:02d}-{1 + i % 28:02d}T{9 + i % 9:02d}:{i % 60:02d}:00Z"
        who = {"anonymousId": f"d{i % 90}", "timestamp": at, "sentAt": None}
        page = {"url": "https://shop.example.com/?utm_source=news&utm_medium=email" if i % 3 else
                "https://shop.example.com/"}
        made.append({"type": "page", "messageId": f"p{i}", **who, "context": {"page": page}})
        if i % 2:
            made.append({"type": "track", "event": "Product Viewed", "messageId": f"v{i}", **who,
                         "properties": {"product_id": "TEA"}})
        if i % 5 == 0:
            made.append({"type": "track", "event": "Product Added", "messageId": f"a{i}", **who,
                         "properties": {"product_id": "TEA"}})
    return made


def sell(owner: Client, anybody: Client) -> None:
    shop = json.loads(owner.ask("POST", "/api/v1/sources", {
        "name": "Harbour, Tea", "protocol": "shopify", "secret": SECRET})[2])
    for o in orders():
        raw = json.dumps(shopify_hook(o)).encode()
        sign = base64.b64encode(hmac.new(SECRET.encode(), raw, hashlib.sha256).digest()).decode()
        anybody.ask("POST", shop["path"], raw=raw, headers={
            "X-Shopify-Topic": "orders/updated", "X-Shopify-Hmac-SHA256": sign,
            "X-Shopify-Shop-Domain": "harbour.myshopify.com", "X-Shopify-Webhook-Id": str(o["number"])})


def visit(owner: Client, anybody: Client) -> None:
    site = json.loads(owner.ask("POST", "/api/v1/sources", {"name": "Our pages"})[2])
    batch = events()
    for i in range(0, len(batch), 200):
        anybody.ask("POST", "/v1/batch", {"writeKey": site["key"], "batch": batch[i:i + 200]})
    status, _, body = owner.ask("GET", "/api/v1/sources")
    told = {one["name"]: one["stored"] for one in json.loads(body)["sources"]}
    check(told == {"Harbour, Tea": 120, "Our pages": len(batch)}, "all of it is stored", told)


def assess(folder: str) -> dict:
    done = subprocess.run([tidemark, "assess", "--workspace", folder, "--as-of", "2026-11-15", "--json"],
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def show(folder: str, *what: str) -> list[dict]:
    done = subprocess.run([tidemark, "show", *what, "--workspace", folder, "--json"],
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["rows"]


def levels(mark: dict) -> dict:
    """What rests on orders and people alone."""
    return {p["id"]: (p["levels"], [(i["measure"], i["k"], i["n"], i["value"]) for i in p["indicators"]])
            for p in mark["practices"] if p["sources"] == ["shopify"]}


def named(owner: Client) -> None:
    job = json.loads(owner.ask("POST", "/api/v1/assessments", {})[2])["job"]
    ended = owner.wait(job)
    check(ended["state"] == "done", "a shop that is live only is assessed", ended)
    mark = json.loads(owner.ask("GET", "/api/v1/assessment")[2])
    names = {i["name"]: i for i in mark["inputs"]}
    check(set(names) == {"Harbour, Tea", "Our pages"}, "its connections stand among the inputs by their names",
          mark["inputs"])
    now = time.strftime("%Y-%m-%d", time.gmtime())
    check(all(i["newest"][:10] == now for i in names.values()), "with the day of the last event", mark["inputs"])
    check((names["Our pages"]["stored"], names["Our pages"]["format"]) == (len(events()), "Segment-compatible API"),
          "and what came", names["Our pages"])
    known = {s for p in mark["practices"] for s in p["sources"]}
    check("Our pages" in known and not any(s.startswith("live:") for s in known),
          "evidence names them as well", sorted(known))
    missing = {c["need"] for c in mark["connections"]}
    check(not missing & {"orders", "sessions"}, "and nobody is asked to connect what is connected", sorted(missing))
    report = owner.ask("GET", "/api/v1/assessment/report?format=html&lang=en")[2].decode()
    check("Our pages" in report and "live:" not in report, "so does the report")


def same(live: str, files: str) -> None:
    for view in ("revenue", "--by", "total"), ("revenue", "--by", "day"), ("rfm_groups",), ("cohorts",):
        one, two = show(live, *view), show(files, *view)
        check(one == two and one, f"{' '.join(view)}: the same figures", f"{one[:3]} {two[:3]}")
    one, two = assess(live), assess(files)
    ours, theirs = levels(one), levels(two)
    check(len(ours) > 5 and ours == theirs, "the same counts and levels from webhooks as from files",
          [(p, ours.get(p), theirs.get(p)) for p in {**ours, **theirs} if ours.get(p) != theirs.get(p)][:2])
    check(one["facts"] == two["facts"] and one["stage"] == two["stage"] and one["index"] == two["index"],
          "the same headline, stage and index", (one["facts"], two["facts"]))


def main() -> None:
    with tempfile.TemporaryDirectory() as top:
        live, files, both = top + "/live", top + "/files", top + "/both"
        for folder in live, files, both:
            subprocess.run([tidemark, "init", "--currency", "EUR", "--shop", "Harbour Tea", folder],
                           check=True, capture_output=True)
        for folder in live, both:
            server = Server(folder)
            owner = Client(server).first_owner()
            sell(owner, Client(server))
            if folder == both:
                visit(owner, Client(server))
                named(owner)
            check(server.end() == 0, "the server ends")
        with open(top + "/orders_export.csv", "w", encoding="utf-8") as out:
            out.write(shopify_csv(orders()))
        subprocess.run([tidemark, "import", "--workspace", files, top + "/orders_export.csv"], check=True,
                       capture_output=True)
        same(live, files)


os.environ["TIDEMARK_LANG"] = "en"
main()
end()
