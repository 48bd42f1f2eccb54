import asyncio
import websockets
import json

async def chat_client():
    uri = "ws://localhost:8000/ws?user_id=user123"
    
    async with websockets.connect(uri) as websocket:
        # 发送聊天消息
        await websocket.send(json.dumps({
            "type": "chat",
            "content": "你好，今天天气怎么样？",
            "timestamp": "2024-01-01T12:00:00Z"
        }))
        
        # 接收响应
        async for message in websocket:
            data = json.loads(message)
            if data['type'] == 'ai_response':
                chat_response = data['content']
                print(f"AI 响应: {chat_response['raw_response']}")

# 运行客户端
asyncio.run(chat_client())
