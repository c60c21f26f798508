# SPDX-License-Identifier: AGPL-3.0-or-later
"""The settings of a shop that sends at any hour, as often as it is told."""


def settings(port: int, *more: str, smtp: str = "", hours: str = "email: always") -> str:
    """Its mail server listens on `port`; `more` are lines of `sending`, `smtp` goes on after the port."""
    return "\n".join(["shop: Blue Hat", "currency: EUR", "sending:", *("  " + line for line in (
        "marketing: {name: Blue Hat, address: news@shop.example}",
        "transactional: {name: Blue Hat, address: orders@shop.example}",
        'postal_address: "1 High Street, Town"',
        "url: https://shop.example",
        f"smtp: {{host: 127.0.0.1, port: {port}, tls: off{smtp}}}",
        "caps: []", f"hours: {{{hours}}}", "same_after_days: 0", *more))]) + "\n"
