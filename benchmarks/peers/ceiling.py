"""What the load generator itself can do: a responder with next to no work of its own.

It finds the chat's number in the bytes, answers 200, and writes a `sendMessage` without waiting.
"""

import asyncio
import signal

from benchmarks.bot_api import TOKEN
from benchmarks.peers.running import arguments, run
from benchmarks.wire import Answering, Reply, answer_of, post

_OK = answer_of(b"")


class _Deaf(asyncio.Protocol):
    """The answers of the Bot API are not looked at."""


async def main() -> None:
    given = arguments()
    loop = asyncio.get_running_loop()
    api_port = int(given.api_url.rpartition(":")[2])
    lines = [(await loop.create_connection(_Deaf, "127.0.0.1", api_port))[0] for _ in range(8)]

    def answer(_path: bytes, body: bytes) -> Reply:
        at = body.find(b'"chat":{"id":') + 13
        if at < 13:  # not an update: somebody asks whether we are ready
            return _OK, 0
        chat = body[at : body.find(b",", at)]
        send = b'{"chat_id":%s,"text":"ok"}' % chat
        line = lines[int(chat) % len(lines)]
        line.write(post(api_port, f"/bot{TOKEN}/sendMessage", send, {}))
        return _OK, 0

    await loop.create_server(lambda: Answering(answer), "127.0.0.1", given.port, backlog=1024)
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()


if __name__ == "__main__":
    run(main)
