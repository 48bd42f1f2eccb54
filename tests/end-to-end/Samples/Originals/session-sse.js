async streamChat(query) {
  const url = `${this.apiBaseUrl}/agent_chat_stream?query=${encodeURIComponent(query)}&session_id=${this.sessionId}`
  const eventSource = new EventSource(url)

  eventSource.onmessage = (event) => {
    const data = JSON.parse(event.data)
    // 处理消息
  }

  eventSource.onerror = (error) => {
    eventSource.close()
  }
}
