async streamChat(query) {
  const wsUrl = this.apiBaseUrl.replace('http://', 'ws://').replace('https://', 'wss://')
  const ws = new WebSocket(`${wsUrl}/ws/chat`)

  ws.onopen = () => {
    // 连接成功后发送查询
    ws.send(JSON.stringify({
      query: query,
      session_id: this.sessionId
    }))
  }

  ws.onmessage = (event) => {
    const data = JSON.parse(event.data)
    // 处理消息
  }

  ws.onerror = (error) => {
    ws.close()
  }

  ws.onclose = () => {
    console.log('WebSocket 连接已关闭')
  }
}
