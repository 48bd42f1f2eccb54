import asyncio
import websockets
import json

async def test_websocket():
    uri = "ws://localhost:8000/ws/chat"
    async with websockets.connect(uri) as websocket:
        await websocket.send(json.dumps({
            "query": "你好",
            "session_id": "test"
        }))

        while True:
            response = await websocket.recv()
            data = json.loads(response)
            if data["type"] == "done":
                break
