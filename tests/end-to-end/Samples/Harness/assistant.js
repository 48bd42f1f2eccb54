
// the sample never ends by itself
ws.addEventListener('open', () => sendChat('请计算 123 + 456'));
ws.addEventListener('message', (event) => {
  const message = JSON.parse(event.data);
  if (message.type === 'ai_response' && message.content.is_finished) {
    console.log('PASSED');
    process.exit(0);
  }
});
