"""Five rounds of three connections, three left open without a close, then ten at once; each gets a frame within five seconds."""
import asyncio
import json
import time
import websockets

URI = "ws://localhost:9800/ws/chat"


async def one():
    socket = await websockets.connect(URI)
    await socket.send(json.dumps({"type": "heartbeat", "timestamp": time.time()}))
    frame = json.loads(await asyncio.wait_for(socket.recv(), 5))
    assert frame["type"] in ("connection_established", "heartbeat_response"), frame
    return socket


async def main():
    for _ in range(5):
        sockets = await asyncio.gather(*(one() for _ in range(3)))
        await asyncio.gather(*(socket.close() for socket in sockets))
    left_open = await asyncio.gather(*(one() for _ in range(3)))
    at_once = await asyncio.gather(*(one() for _ in range(10)))
    for socket in left_open:
        socket.transport.abort()
    await asyncio.gather(*(socket.close() for socket in at_once))
    print("PASSED", len(left_open) + len(at_once))


asyncio.run(main())
