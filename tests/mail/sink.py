# SPDX-License-Identifier: AGPL-3.0-or-later
"""A mail server that does what the recipient's name says, and counts what it was given.

The part before the first dot of an address is a row of words; each acts where it is known:
see SCRIPTS. What was read up to the final dot is in `taken`, by the message's Message-ID, whatever was
answered: another server might have kept it.
"""
import asyncio
import base64
import collections
import re
import ssl
import threading

# What is answered at RCPT, DATA and the end; None: the connection ends without a word. "..." at
# the end: no line break follows, and the connection ends. A number: seconds to wait before. "~" in
# front: byte by byte.
SCRIPTS = {
    "ok": {},
    "soft": {"rcpt": "450 4.2.1 try again later"},
    "hard": {"rcpt": "550 5.7.1 not wanted"},
    "dead": {"rcpt": "550 5.1.1 no such user"},
    "deadwords": {"rcpt": "550-Sorry\r\n550 User unknown in virtual table"},
    "slower": {"rcpt": "451 4.7.1 too many messages"},
    "bye": {"rcpt": "421 4.3.2 closing"},
    "nodata": {"data": "451 4.3.0 no room"},
    "full": {"end": "452 4.2.2 mailbox full"},
    "spam": {"end": "554 5.7.1 spam"},
    "endbye": {"end": "421 4.4.2 shutting down"},
    "dieatrcpt": {"rcpt": None},
    "dieatdata": {"data": None},
    "dieattext": {"text": None},
    "dieatend": {"end": None},
    "half": {"end": "250 2.0.0 o..."},
    "halfcode": {"end": "25..."},
    "many": {"end": "250-2.0.0 one\r\n250-2.0.0 two\r\n250 2.0.0 three"},
    "garbage": {"end": "okay, thanks"},
    "oddcode": {"end": "354 go on"},
    "mixed": {"end": "250-2.0.0 one\r\n550 two"},
    "slow": {"end": 0.3},
    "drip": {"rcpt": "~250-2.1.5 one\r\n250 2.1.5 byte", "end": "~250 2.0.0 after the other"},
    "hanglate": {"end": 590},
    "hang": {"end": 3600},
    "hangrcpt": {"rcpt": 3600},
}


class Sink:
    def __init__(self, pipelining: bool = True, tls: ssl.SSLContext | None = None,
                 implicit: bool = False, password: str = "", greeting: str = "220 sink ESMTP",
                 connections: int = 10000, mail: str = "250 2.1.0 ok", close_after: int = 0,
                 keep=lambda text: text):
        self.pipelining, self.tls, self.implicit = pipelining, tls, implicit
        self.password, self.greeting, self.most = password, greeting, connections
        self.mail, self.close_after = mail, close_after
        self.keep = keep  # of each text, in `texts`
        self.taken: collections.Counter = collections.Counter()
        self.texts: dict[str, bytes] = {}
        self.open = self.opened = self.most_open = self.secure = self.signed_in = 0
        self.times: list[float] = []
        self.port = 0
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self.thread.start()
        ready.wait()

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self.loop)

        async def start() -> None:
            self.server = await asyncio.start_server(self._client, "127.0.0.1", 0,
                                                     ssl=self.tls if self.implicit else None)
            self.port = self.server.sockets[0].getsockname()[1]
            ready.set()
        self.loop.create_task(start())
        self.loop.run_forever()

    def stop(self) -> None:
        async def end() -> None:
            self.server.close()
            tasks = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        asyncio.run_coroutine_threadsafe(end(), self.loop).result(30)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def _client(self, reader, writer) -> None:
        self.open += 1
        self.opened += 1
        self.most_open = max(self.most_open, self.open)
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            self.open -= 1
            writer.close()

    async def _act(self, writer, act, good: str) -> bool:
        """False: the connection is over."""
        if act is None:
            return False
        if isinstance(act, (int, float)):
            await asyncio.sleep(act)
            act = good
        if act.endswith("..."):
            writer.write(act[:-3].encode())
            await writer.drain()
            return False
        if act.startswith("~"):
            for byte in act[1:].encode() + b"\r\n":
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.001)
            return True
        writer.write(act.encode() + b"\r\n")
        return not act.startswith("421")

    async def _talk(self, reader, writer) -> None:
        if self.open > self.most:
            writer.write(b"421 4.7.0 too many connections\r\n")
            await writer.drain()
            return
        writer.write(self.greeting.encode() + b"\r\n")
        script, secure, messages, signed = {}, self.implicit, 0, not self.password
        while True:
            line = await reader.readline()
            word = line[:4].upper()
            if not line or word == b"QUIT":
                return
            if word == b"EHLO":
                offers = ["sink", "8BITMIME", "ENHANCEDSTATUSCODES"]
                offers += ["PIPELINING"] if self.pipelining else []
                offers += ["STARTTLS"] if self.tls and not secure else []
                offers += ["AUTH PLAIN"] if self.password and secure else []
                for i, offer in enumerate(offers):
                    writer.write(f"250{'-' if i + 1 < len(offers) else ' '}{offer}\r\n".encode())
            elif word == b"STAR" and self.tls and not secure:
                writer.write(b"220 2.0.0 go\r\n")
                await writer.drain()
                await writer.start_tls(self.tls)
                secure = True
                self.secure += 1
            elif word == b"AUTH":
                given = line.split()
                if len(given) < 3:
                    writer.write(b"334 \r\n")
                    given.append((await reader.readline()).strip())
                signed = base64.b64decode(given[-1]).split(b"\0")[-1] == self.password.encode()
                self.signed_in += signed
                writer.write(b"235 2.7.0 ok\r\n" if signed else b"535 5.7.8 no\r\n")
            elif word == b"MAIL":
                writer.write((self.mail if signed else "530 5.7.0 sign in").encode() + b"\r\n")
            elif word == b"RCPT":
                name = re.search(rb"<([^.@>]*)", line).group(1).decode()
                script = SCRIPTS.get(name, {})
                if not await self._act(writer, script.get("rcpt", "250 2.1.5 ok"), "250 ok"):
                    return
            elif word == b"DATA":
                if not await self._act(writer, script.get("data", "354 go"), "354 go"):
                    return
                if "data" in script:
                    continue
                if "text" in script:
                    await reader.readline()
                    return
                text = await reader.readuntil(b"\r\n.\r\n")
                found = re.search(rb"^Message-ID: <(.*)>", text, re.M | re.I).group(1).decode()
                self.taken[found] += 1
                self.texts[found] = self.keep(text[:-3].replace(b"\r\n..", b"\r\n."))
                self.times.append(self.loop.time())
                if not await self._act(writer, script.get("end", "250 2.0.0 queued as X1"),
                                       "250 2.0.0 queued late"):
                    return
                messages += 1
                if self.close_after and messages >= self.close_after:
                    return
            elif word == b"RSET":
                writer.write(b"250 2.0.0 ok\r\n")
            else:
                writer.write(b"500 5.5.1 what\r\n")
            await writer.drain()
