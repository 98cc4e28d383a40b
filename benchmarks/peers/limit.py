"""The limit: a bare aiohttp handler that sends one message through one session, stores nothing."""

import aiohttp
import orjson
from aiohttp import web

from benchmarks.bot_api import TOKEN
from benchmarks.peers.running import arguments, run, serve


async def main() -> None:
    given = arguments()
    url = f"{given.api_url}/bot{TOKEN}/sendMessage"
    headers = {"Content-Type": "application/json"}
    connector = aiohttp.TCPConnector(limit=300)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def webhook(request: web.Request) -> web.Response:
            message = orjson.loads(await request.read())["message"]
            body = orjson.dumps({"chat_id": message["chat"]["id"], "text": message["text"]})
            async with session.post(url, data=body, headers=headers) as answer:
                await answer.read()
            return web.Response()

        await serve(webhook, given.port)


if __name__ == "__main__":
    run(main)
