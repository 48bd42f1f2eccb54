"""FastAPI and uvicorn, the model in the same process: one frame a token."""

import asyncio
import json
import time

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws/v1")
async def chat(socket: WebSocket) -> None:
    await socket.accept(subprotocol="streamchat.v1")
    await socket.send_text('{"type":"welcome","connectionId":"peer.1","userId":"peer","heartbeatSeconds":30}')
    try:
        while True:
            request = json.loads(await socket.receive_text())
            if request["type"] == "run":
                await answer(socket, request)
    except WebSocketDisconnect:
        pass


async def answer(socket: WebSocket, request: dict) -> None:
    run = request["runId"]
    load = request["messages"][0]["content"].split()
    count, rate = int(load[1]), int(load[2]) if len(load) > 2 else 0
    started = time.monotonic()
    for i in range(1, count + 1):
        if rate and (wait := (i - 1) / rate - (time.monotonic() - started)) > 0:
            await asyncio.sleep(wait)
        now = time.time_ns() // 1000
        await socket.send_text(
            f'{{"type":"TEXT_MESSAGE_CONTENT","runId":"{run}","seq":{i},"messageId":"m1","delta":"{i}@{now} "}}'
        )
    await socket.send_text(f'{{"type":"RUN_FINISHED","runId":"{run}","seq":{count + 1}}}')
