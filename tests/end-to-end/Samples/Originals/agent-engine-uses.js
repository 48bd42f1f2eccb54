// 发送消息
ws.send(
  JSON.stringify({
    type: 'streaming_query',
    query: '请讲个笑话',
  })
);

// 接收流式响应
ws.onmessage = (event) => {
  const data = JSON.parse(event.data);
  if (data.type === 'stream_chunk') {
    displayText(data.content); // 实时显示
  }
};

// 调用计算器工具
ws.send(
  JSON.stringify({
    type: 'tool_call',
    tool_name: 'calculator',
    params: { expression: '123 + 456' },
  })
);

// 定时发送心跳
setInterval(() => {
  ws.send(JSON.stringify({ type: 'ping' }));
}, 30000);
