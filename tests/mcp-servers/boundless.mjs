// A server whose answers have no end, or nearly: `flood` to a call is one message of 64 MiB. `flood-event` is one too, as a server-sent
// event. Over standard input and output, or by streamable HTTP at PORT.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { once } from 'node:events';

const chunk = 'x'.repeat(64 * 1024);
const tool = name => ({ name, inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } });

const answers = {
  initialize: request => ({ protocolVersion: request.params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'boundless', version: '1' } }),
  'tools/list': () => ({ tools: ['echo', 'flood', 'flood-event'].map(tool) }),
  'tools/call': () => ({ content: [{ type: 'text', text: 'echo' }] }),
};

const answer = request => JSON.stringify({
  jsonrpc: '2.0',
  id: request.id,
  ...(answers[request.method] ? { result: answers[request.method](request) } : { error: { code: -32601, message: 'no such method' } }),
});

const floods = request => request.method === 'tools/call' && request.params.name.startsWith('flood');

async function flood(stream) {
  for (let i = 0; i < 1024 && !stream.destroyed; i++) {
    if (!stream.write(chunk)) {
      await Promise.race([once(stream, 'drain'), once(stream, 'close')]);
    }
  }
}

async function post(request, response) {
  let body = '';
  for await (const part of request) {
    body += part;
  }

  const message = JSON.parse(body || '{}');
  if (request.method !== 'POST' || message.id === undefined) {
    response.writeHead(request.method === 'POST' ? 202 : 405).end();
    return;
  }

  const event = message.params?.name === 'flood-event';
  response.writeHead(200, { 'content-type': event ? 'text/event-stream' : 'application/json' });
  if (!floods(message)) {
    response.end(answer(message));
    return;
  }

  response.write(event ? 'data: ' : '');
  await flood(response);
  response.end(event ? '\n\n' : '');
}

if (process.env.PORT) {
  createServer(post).listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));
} else {
  for await (const line of createInterface({ input: process.stdin })) {
    const message = JSON.parse(line);
    if (message.id === undefined) {
      continue;
    }

    if (floods(message)) {
      await flood(process.stdout);
    } else {
      process.stdout.write(answer(message));
    }

    process.stdout.write('\n');
  }
}
