"""Health first, then a streamed consultation within 100 chunks and 5 status updates, general chat, members, ten users at once."""
import asyncio
import json
import urllib.request
import websockets

HTTP = "http://localhost:8000"
WS = "ws://localhost:8000/ws/chat"


async def turn(socket, message, gap):
    await socket.send(json.dumps(message))
    statuses, chunks = [], []
    while len(chunks) < 100 and len(statuses) < 5:
        frame = json.loads(await asyncio.wait_for(socket.recv(), gap))
        if frame["type"] == "status_update":
            statuses.append(frame["status"])
            if frame["status"] in ("done", "error"):
                return statuses, chunks, frame
        elif frame["type"] == "chat_stream":
            chunks.append(frame["delta"])
        elif frame["type"] == "error":
            raise AssertionError(frame)
    raise AssertionError(f"no end after {len(chunks)} chunks and {statuses}")


async def consult(user):
    async with websockets.connect(f"{WS}/{user}") as socket:
        welcome = json.loads(await asyncio.wait_for(socket.recv(), 5))
        assert "message" in welcome, welcome
        statuses, chunks, done = await turn(socket, {
            "type": "health_chat",
            "data": {"message": "我最近感觉很疲劳，有什么建议吗？", "context": {"mood": "tired", "sleep_hours": 6, "activity_level": "low"}},
            "conversation_id": "conv_123", "active_member_id": user}, 5)
        assert statuses == ["sending", "streaming", "done"], statuses
        assert chunks and done["data"]["full_response"] == "".join(chunks), done
        assert done["data"]["conversation_id"] == "conv_123", done
        assert done["data"]["response_length"] == len("".join(chunks)), done
        statuses, more, _ = await turn(socket, {"type": "general_chat", "data": {"message": "你好，今天天气怎么样？"}, "conversation_id": "c2"}, 3)
        assert {"sending", "streaming", "done"} <= set(statuses) and more, statuses
        statuses, _, done = await turn(socket, {"type": "switch_member", "data": {"target_member_id": "member_456"}}, 5)
        assert statuses == ["sending", "done"] and done["data"]["active_member_id"] == "member_456", done
        return "".join(chunks)


async def status(user):
    async with websockets.connect(f"{WS}/{user}") as socket:
        json.loads(await asyncio.wait_for(socket.recv(), 5))
        statuses, _, done = await turn(socket, {"type": "get_status", "data": {}}, 5)
        assert statuses == ["sending", "done"] and done["data"]["connected_users"] >= 1, done


async def main():
    health = json.load(urllib.request.urlopen(f"{HTTP}/api/v1/health"))
    assert health["success"] is True, health
    said = await consult("user_123")
    await asyncio.gather(*(status(f"user_{i}") for i in range(10)))
    print("PASSED", said)


asyncio.run(main())
