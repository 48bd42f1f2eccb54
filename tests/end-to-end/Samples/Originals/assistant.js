// 连接 WebSocket
const ws = new WebSocket('ws://localhost:8000/ws?user_id=user123');

// 监听消息
ws.onmessage = function(event) {
    const message = JSON.parse(event.data);
    if (message.type === 'ai_response') {
        handleAIResponse(message.content);
    }
};

// 发送聊天消息
function sendChat(message) {
    ws.send(JSON.stringify({
        type: 'chat',
        content: message,
        timestamp: new Date().toISOString()
    }));
}

// 处理 AI 响应
function handleAIResponse(chatResponse) {
    console.log('当前代理:', chatResponse.current_agent);
    console.log('响应内容:', chatResponse.raw_response);
    console.log('消息列表:', chatResponse.messages);
    console.log('事件列表:', chatResponse.events);
}
