import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionError, RefusedError } from '../src/index.js';
import { backoff } from '../src/backoff.js';
import { Script, settled, World } from './world.js';

function states(client) {
  const seen = [];
  client.addEventListener('state', ({ detail }) => seen.push(detail));
  return seen;
}

test('pauses grow to a bound and are anything below it', () => {
  const bounds = { firstMs: 500, mostMs: 15_000 };
  assert.deepEqual([0, 1, 2, 5, 60].map((failures) => backoff(failures, bounds, () => 1)), [500, 1000, 2000, 15_000, 15_000]);
  assert.equal(backoff(4, bounds, () => 0), 0);
  assert.equal(backoff(1, bounds, () => 0.25), 250);
});

test('a server that is not there is tried again with growing pauses, for ever', async () => {
  const world = new World();
  const client = world.connect();
  const seen = states(client);
  await settled();
  for (let i = 0; i < 8; i++) {
    world.socket.break();
    await settled();
    await world.pass(seen.at(-1).retryInMs);
  }

  assert.equal(world.sockets.length, 9);
  assert.deepEqual(seen.filter(({ state }) => state === 'waiting').map(({ retryInMs }) => retryInMs), [500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
});

test('a server that welcomes and falls over is not met with the shortest pause for ever', async () => {
  const world = new World();
  const client = await world.open();
  const seen = states(client);
  for (let i = 0; i < 3; i++) {
    await world.comeBack();
  }

  await world.pass(6_000);
  await world.comeBack();
  assert.deepEqual(seen.filter(({ state }) => state === 'waiting').map(({ retryInMs }) => retryInMs), [500, 1000, 1000, 500]);
});

test('a server that restarts says when to come back', async () => {
  const world = new World({ random: () => 0.5 });
  const client = await world.open();
  const seen = states(client);
  world.socket.say({ type: 'reconnect', afterMs: 700 });
  world.socket.break(1012);
  await settled();
  assert.deepEqual(seen, [{ state: 'waiting', reason: 'lost', retryInMs: 950 }]);
});

for (const code of [1001, 1006, 1011, 1012, 1013]) {
  test(`after ${code} it comes back`, async () => {
    const world = new World();
    const client = await world.open();
    const run = client.run({ text: 'hello' });
    await world.comeBack(code);
    assert.equal(client.state, 'open');
    assert.equal(run.ended, false);
  });
}

for (const [code, reason] of [[1008, 'policy'], [4003, 'revoked'], [4001, 'unauthorized']]) {
  test(`after ${code} it does not come back, and says so to all who wait`, async () => {
    const world = new World();
    const client = await world.open();
    const seen = states(client);
    const run = client.run({ text: 'hello' });
    const room = client.join('~room/r');
    world.socket.break(code);
    await world.pass(60_000);
    assert.equal(world.sockets.length, 1);
    assert.deepEqual(seen, [{ state: 'closed', reason }]);
    const { error } = await run.done;
    assert.ok(error instanceof ConnectionError);
    assert.equal(error.code, reason);
    await assert.rejects(room.joined, { code: reason });
  });
}

test('a token that has expired is replaced by another one', async () => {
  const world = new World();
  const tokens = ['one', 'two', 'three'];
  const client = await world.open({ token: async () => tokens.shift() });
  assert.deepEqual(world.socket.protocols, ['streamchat.v1', 'bearer.one']);
  const run = client.run({ text: 'hello' });
  await world.comeBack(4001);
  assert.deepEqual(world.socket.protocols, ['streamchat.v1', 'bearer.two']);
  assert.equal(run.ended, false);
});

test('tokens that are refused again and again are an end', async () => {
  const world = new World();
  const client = await world.open({ token: () => 'bad' });
  for (let i = 0; i < 3; i++) {
    await world.comeBack(4001);
  }

  world.socket.break(4001);
  await settled();
  assert.equal(client.state, 'closed');
});

test('a token is renewed on the socket before it expires', async () => {
  const world = new World();
  const start = world.environment.unixNow();
  let asked = 0;
  const client = await world.open({ token: () => ({ token: `t${++asked}`, expiresAt: start + asked * 600_000 }) });
  world.socket.answersPings = true;
  await world.pass(539_000);
  assert.equal(world.socket.take().filter(({ type }) => type === 'auth').length, 0);
  await world.pass(2_000);
  assert.deepEqual(world.socket.take().filter(({ type }) => type === 'auth'), [{ type: 'auth', token: 't2' }]);
  world.socket.say({ type: 'authenticated', expiresAt: start + 1_200_000 });
  await world.pass(600_000);
  assert.deepEqual(world.socket.take().filter(({ type }) => type === 'auth'), [{ type: 'auth', token: 't3' }]);
  client.close();
});

test('a token can be given by hand, and its refusal is told', async () => {
  const world = new World();
  const client = await world.open({ token: 'old' });
  const good = client.authenticate('new');
  await settled();
  assert.deepEqual(world.socket.take(), [{ type: 'auth', token: 'new' }]);
  world.socket.say({ type: 'authenticated', expiresAt: 5 });
  assert.deepEqual(await good, { expiresAt: 5 });
  const bad = client.authenticate('theirs');
  await settled();
  world.socket.say({ type: 'error', code: 'forbidden', message: 'No.', retryable: false });
  await assert.rejects(bad, RefusedError);
  const lost = client.authenticate('new');
  await world.comeBack();
  await assert.rejects(lost, { code: 'lost' });
  world.socket.break();
  await settled();
  await assert.rejects(client.authenticate('new'), { code: 'lost' });
});

for (const [status, reason] of [[401, 'unauthorized'], [403, 'forbidden']]) {
  test(`who is not let in with ${status} does not come back`, async () => {
    const world = new World();
    const asked = [];
    const client = world.connect({
      token: 'stale',
      fetch: async (url, { headers }) => {
        asked.push([url.toString(), headers.Authorization]);
        return { status };
      },
    });
    const seen = states(client);
    await settled();
    world.socket.break();
    await world.pass(60_000);
    assert.deepEqual(seen.at(-1), { state: 'closed', reason });
    assert.deepEqual(asked, [['http://server/api/v1/catalog?user_id=ada', 'Bearer stale']]);
    assert.equal(world.sockets.length, 1);
  });
}

test('silence is met with a ping, and silence after that with another connection', async () => {
  const world = new World();
  const client = await world.open();
  const quiet = world.socket;
  await world.pass(29_000);
  assert.deepEqual(quiet.sent, []);
  await world.pass(1_000);
  assert.deepEqual(quiet.take(), [{ type: 'ping' }]);
  quiet.say({ type: 'pong', timestamp: 1 });
  await world.pass(30_000);
  assert.deepEqual(quiet.take(), [{ type: 'ping' }]);
  await world.pass(10_000);
  assert.equal(client.state, 'waiting');
  assert.equal(quiet.closedWith, 'closed');

  // whatever the old socket says now is nobody's
  quiet.break(1008);
  await world.pass(1_000);
  world.socket.welcome();
  assert.equal(client.state, 'open');
});

test('during a run silence is shorter', async () => {
  const world = new World();
  const client = await world.open();
  await world.pass(25_000);
  const run = client.run({ text: 'hello' });
  world.socket.accept(run.runId);
  world.socket.take();
  await world.pass(10_000);
  assert.deepEqual(world.socket.take(), [{ type: 'ping' }]);
  await world.pass(10_000);
  assert.equal(client.state, 'waiting');
});

test('a server that never welcomes is given up', async () => {
  const world = new World();
  const client = world.connect();
  await settled();
  await world.pass(10_000);
  assert.equal(client.state, 'waiting');
  await world.pass(1_000);
  assert.equal(world.sockets.length, 2);
});

test('a wake looks at once', async () => {
  const world = new World();
  const client = await world.open();
  client.wake();
  assert.deepEqual(world.socket.take(), [{ type: 'ping' }]);
  await world.pass(10_000);
  assert.equal(client.state, 'waiting');
  client.wake();
  await settled();
  assert.equal(world.sockets.length, 2);
});

test('a connection that rests is woken by the next request', async () => {
  const world = new World();
  const client = await world.open();
  const seen = states(client);
  world.socket.break(1000);
  await world.pass(60_000);
  assert.deepEqual(seen, [{ state: 'closed', reason: 'idle' }]);
  client.run({ text: 'hello' });
  await settled();
  world.socket.welcome();
  assert.equal(world.socket.take()[0].type, 'run');
});

test('a request that is too large for a frame fails and the others go on', async () => {
  const world = new World();
  const client = await world.open();
  const going = client.run({ text: 'small' });
  world.socket.accept(going.runId);
  new Script(world.socket, going.runId).start();
  const large = client.run({ text: 'x'.repeat(100) });
  await world.comeBack(1009);
  assert.equal((await large.done).error.code, 'too_large');
  assert.deepEqual(world.socket.take().map(({ type, runId }) => [type, runId]), [['attach', going.runId]]);
});

test('it gives up when told to', async () => {
  const world = new World();
  const client = await world.open({ giveUpMs: 5_000 });
  const run = client.run({ text: 'hello' });
  for (let i = 0; i < 20 && client.state !== 'closed'; i++) {
    world.socket.break();
    await world.pass(3_000);
  }

  const { error } = await run.done;
  assert.deepEqual([error.code, error.retryable], ['gave_up', true]);
});

test('close ends everything and leaves nothing behind', async () => {
  const world = new World();
  const client = await world.open();
  const run = client.run({ text: 'hello' });
  const room = client.join('t');
  client.close();
  assert.equal(world.socket.closedWith, 1000);
  assert.equal((await run.done).error.code, 'closed');
  assert.equal(room.left, true);
  assert.equal(client.state, 'closed');
  assert.equal(world.timers, 0);
});

test('without a WebSocket it says what to do', async () => {
  const world = new World();
  assert.throws(() => world.connect({ WebSocket: 'none' }), /Node 22/);
});
