// what the sample calls and does not define
let text = '';
const updateStatus = (status, message) => {
  console.log(`[${status}] ${message}`);
  if (status === 'done') {
    console.log(text);
    console.log('PASSED');
    process.exit(0);
  }
};
const appendStreamToken = (delta) => { text += delta; };
const handleError = (message) => { console.log('ERROR', message); process.exit(1); };
const generateConversationId = () => `conv_${Date.now()}`;
