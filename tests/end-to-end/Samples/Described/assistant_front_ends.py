"""One turn, judged by the rule that each of the assistant's known front-ends has for the end of an answer."""
import asyncio
import json
import websockets

URI = "ws://localhost:8000/ws?user_id=user123&username=%E5%B0%8F%E6%98%8E"


def array_on_top(content):
    return isinstance(content.get("messages"), list) and content.get("type") == "completion"


def finished_inside(content):
    return (content.get("final_response") or content).get("is_finished") is True


def completion_type(content):
    return content.get("type") == "completion" or content.get("is_finished") is True


async def main():
    async with websockets.connect(URI) as socket:
        connect = json.loads(await socket.recv())
        assert connect["type"] == "connect" and connect["content"]["user_info"]["username"] == "小明", connect
        await socket.send(json.dumps({"type": "chat", "content": "请计算 123 + 456", "timestamp": "2024-01-01T12:00:00Z"}))
        ends, text = [], ""
        while True:
            frame = json.loads(await socket.recv())
            if frame["type"] == "ping":
                continue
            assert frame["type"] == "ai_response", frame
            content = frame["content"]
            rules = [array_on_top(content), finished_inside(content), completion_type(content)]
            assert all(rules) or not any(rules), frame
            assert content["raw_response"].startswith(text), (text, frame)
            text = content["raw_response"]
            if all(rules):
                break
    assert "579" in text, text
    assert content["final_response"]["raw_response"] == text, frame
    assert any(e["type"] == "tool_call" and e["content"] == "calculator" for e in content["events"]), frame
    print("PASSED", text)


asyncio.run(main())
