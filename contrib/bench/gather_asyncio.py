#!/usr/bin/env python3
"""What people write today in place of a spec: asyncio and aiohttp, each figure as a script.

usage: gather_asyncio.py apis|chain|foreach URL

The peer of gather.py, for which aiohttp is needed (Debian: python3-aiohttp)."""

import asyncio
import json
import sys

import aiohttp

COUNT, AT_ONCE = 10000, 64


async def get(session, url):
    async with session.get(url) as response:
        response.raise_for_status()
        return await response.json(content_type=None)


async def apis(session, url):
    """Three at once."""
    return dict(zip("abc", await asyncio.gather(
        *(get(session, f"{url}/wait/{s}") for s in (1, 2, 3)))))


async def chain(session, url):
    """Three, each of which needs the one before it."""
    a = await get(session, f"{url}/wait/0.2")
    b = await get(session, f"{url}/wait/0.3?a={a['slept']}")
    c = await get(session, f"{url}/wait/0.4?b={b['slept']}")
    return {"a": a, "b": b, "c": c}


async def foreach(session, url):
    """Many, so many at once."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(i):
        async with places:
            return await get(session, f"{url}/small/{i}")
    return {"r": await asyncio.gather(*(one(i) for i in range(COUNT)))}


async def main():
    task, url = {"apis": apis, "chain": chain, "foreach": foreach}[sys.argv[1]], sys.argv[2]
    async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=AT_ONCE, limit_per_host=AT_ONCE)) as session:
        json.dump(await task(session, url), sys.stdout)
        print()


if __name__ == "__main__":
    asyncio.run(main())
