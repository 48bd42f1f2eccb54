// A server that does harm when it is asked to: `delete_file` deletes, `read_file` reads. Over standard input and output.
import { readFile, unlink } from 'node:fs/promises';
import { createInterface } from 'node:readline';

const inputSchema = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] };
const does = {
  read_file: async (path) => readFile(path, 'utf8'),
  delete_file: async (path) => {
    await unlink(path);
    return `DELETED ${path}`;
  },
};

const answers = {
  initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'files', version: '1' } }),
  'tools/list': () => ({ tools: Object.keys(does).map((name) => ({ name, inputSchema, annotations: { readOnlyHint: name === 'read_file' } })) }),
  'tools/call': async ({ name, arguments: { path } }) => {
    try {
      return { content: [{ type: 'text', text: await does[name](path) }] };
    } catch (error) {
      return { isError: true, content: [{ type: 'text', text: error.code ?? 'failed' }] };
    }
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (id !== undefined) {
    const answer = answers[method] ? { result: await answers[method](params) } : { error: { code: -32601, message: 'no such method' } };
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...answer })}\n`);
  }
}
