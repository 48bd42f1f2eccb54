import { Client } from './client.js';

export { Client };
export { ConnectionError, RefusedError, RunCancelledError, RunError, StreamChatError } from './errors.js';
export { Room } from './room.js';
export { Run } from './run.js';
export { uuidV7 } from './uuid.js';

/** Connects to the address of a server's native protocol, such as `wss://chat.example/ws/v1`. Returns the `Client` at once. */
export function connect(url, options) {
  return new Client(url, options).connect();
}
