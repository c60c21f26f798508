# SPDX-License-Identifier: AGPL-3.0-or-later
"""How shops sign their webhooks; used by the tests of this folder."""
import base64
import hashlib
import hmac


def sign(raw: bytes, secret: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()


def shopify(raw: bytes, secret: str = "hush", delivery: str = "d1",
            topic: str = "orders/create") -> dict:
    return {"Content-Type": "application/json", "X-Shopify-Topic": topic,
            "X-Shopify-Hmac-SHA256": sign(raw, secret), "X-Shopify-Webhook-Id": delivery,
            "X-Shopify-Shop-Domain": "example.myshopify.com"}


def woo(raw: bytes, secret: str = "hush", delivery: str = "d1",
        topic: str = "order.updated") -> dict:
    return {"Content-Type": "application/json", "X-WC-Webhook-Topic": topic,
            "X-WC-Webhook-Signature": sign(raw, secret), "X-WC-Webhook-Delivery-ID": delivery}
