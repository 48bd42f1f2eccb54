// The worker: the same load as StreamChat's demo model, one broker message a token.
import amqp from 'amqplib';

const connection = await amqp.connect(process.env.RABBITMQ_URI, { noDelay: true });
const channel = await connection.createChannel();
await channel.assertQueue('peer-runs', { durable: true });
await channel.prefetch(2000);

const micros = () => Math.round((performance.timeOrigin + performance.now()) * 1000);
const send = (to, frame) => {
  const more = channel.sendToQueue(to.replyTo, Buffer.from(frame), { correlationId: to.correlationId });
  return more ? null : new Promise((resolve) => channel.once('drain', resolve));
};

async function answer(message) {
  const request = JSON.parse(message.content);
  const [, tokens, perSecond] = request.messages[0].content.split(' ').map(Number);
  const to = message.properties;
  const started = performance.now();
  for (let i = 1; i <= tokens; i++) {
    if (perSecond > 0) {
      const wait = started + ((i - 1) * 1000) / perSecond - performance.now();
      if (wait > 0) {
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }

    const full = send(to, `{"type":"TEXT_MESSAGE_CONTENT","runId":"${request.runId}","seq":${i},"messageId":"m1","delta":"${i}@${micros()} "}`);
    if (full) {
      await full;
    } else if (!perSecond && i % 50 === 0) {
      await new Promise(setImmediate);
    }
  }

  send(to, `{"type":"RUN_FINISHED","runId":"${request.runId}","seq":${tokens + 1}}`);
  channel.ack(message);
}

channel.setMaxListeners(0);
await channel.consume('peer-runs', (message) => answer(message).catch((error) => console.error(error)));
console.log('ready');
