// what the document's snippets take for granted: an open socket, and a place for the text
const ws = await new Promise((resolve, reject) => {
  const socket = new WebSocket('ws://localhost:8003/ws/agent');
  socket.onopen = () => resolve(socket);
  socket.onerror = reject;
});
const displayText = (text) => process.stdout.write(text);
ws.addEventListener('message', (event) => {
  const data = JSON.parse(event.data);
  if (data.type === 'tool_result') {
    console.log('\nRESULT', JSON.stringify(data.result));
    process.exit(0);
  }
});
