// A WebSocket gateway: requests go to a queue, tokens come back on the gateway's own, one message each.
import { randomUUID } from 'node:crypto';
import { WebSocketServer } from 'ws';
import amqp from 'amqplib';

const connection = await amqp.connect(process.env.RABBITMQ_URI, { noDelay: true });
const channel = await connection.createChannel();
const replies = `peer-gateway-${randomUUID()}`;
await channel.assertQueue('peer-runs', { durable: true });
await channel.assertQueue(replies, { exclusive: true, autoDelete: true });

const sockets = new Map();
await channel.consume(replies, (message) => {
  const socket = sockets.get(message.properties.correlationId);
  if (socket?.readyState === 1) {
    socket.send(message.content, { binary: false });
  }
}, { noAck: true });

const server = new WebSocketServer({
  port: Number(process.env.PORT),
  host: 'localhost',
  path: '/ws/v1',
  handleProtocols: () => 'streamchat.v1',
});
server.on('connection', (socket, request) => {
  request.socket.setNoDelay(true);
  const id = randomUUID();
  sockets.set(id, socket);
  socket.send('{"type":"welcome","connectionId":"peer.1","userId":"peer","heartbeatSeconds":30}');
  socket.on('message', (data) => {
    const frame = JSON.parse(data);
    if (frame.type === 'run') {
      channel.sendToQueue('peer-runs', data, { replyTo: replies, correlationId: id, persistent: true });
    }
  });
  socket.on('close', () => sockets.delete(id));
  socket.on('error', () => {});
});
server.on('listening', () => console.log('ready'));
