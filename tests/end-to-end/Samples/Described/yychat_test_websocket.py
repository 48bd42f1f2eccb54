"""Heartbeat, ping and status, each answered within the next five frames; then a streamed answer."""
import asyncio
import json
import time
import websockets

URI = "ws://localhost:9800/ws/chat"


async def expect(socket, message, answer):
    await socket.send(json.dumps(message | {"timestamp": time.time()}))
    for _ in range(5):
        frame = json.loads(await socket.recv())
        if frame["type"] == answer:
            return frame
    raise AssertionError(f"no {answer} within 5 frames")


async def main():
    async with websockets.connect(URI) as socket:
        await expect(socket, {"type": "heartbeat"}, "heartbeat_response")
        await expect(socket, {"type": "ping"}, "pong")
        status = await expect(socket, {"type": "get_status"}, "status_response")
        assert status["data"]["max_connections"] == 100, status
        assert status["data"]["active_connections"] >= 1, status

        await socket.send(json.dumps({
            "type": "text_message", "content": "你好，请介绍一下你自己", "conversation_id": "test_conv",
            "use_tools": False, "stream": True, "timestamp": time.time()}))
        first = json.loads(await socket.recv())
        assert first["type"] == "processing_start", first
        second = json.loads(await socket.recv())
        assert second["type"] == "stream_start", second
        chunks = []
        while True:
            frame = json.loads(await socket.recv())
            if frame["type"] == "stream_chunk":
                chunks.append(frame["content"])
            elif frame["type"] == "stream_end":
                assert frame["full_content"] == "".join(chunks), frame
                break
            else:
                raise AssertionError(frame)
        assert len(chunks) > 1, chunks

        await socket.send(json.dumps({"type": "text_message", "content": "你好", "stream": False}))
        first = json.loads(await socket.recv())
        assert first["type"] == "processing_start", first
        answer = json.loads(await socket.recv())
        assert answer["type"] == "text_response" and answer["content"], answer
    print("PASSED", "".join(chunks))


asyncio.run(main())
