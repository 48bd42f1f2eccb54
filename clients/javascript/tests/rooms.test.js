import assert from 'node:assert/strict';
import { test } from 'node:test';
import { all, Script, settled, World } from './world.js';

const room = '~room/r';

async function joined(world, client) {
  const there = client.join(room);
  assert.deepEqual(world.socket.take(), [{ type: 'join', threadId: room }]);
  world.socket.say({ type: 'joined', threadId: room });
  await there.joined;
  return there;
}

test('runs of others in a room are iterated over', async () => {
  const world = new World();
  const client = await world.open();
  const there = await joined(world, client);
  const runs = there[Symbol.asyncIterator]();
  const next = runs.next();
  new Script(world.socket, 'theirs').start({ threadId: room }).text('hello').finish();
  const { value: run } = await next;
  assert.equal(run.runId, 'theirs');
  assert.equal(run.text, 'hello');
  assert.equal((await all(run)).at(-1).type, 'RUN_FINISHED');

  // seen to its end: a late repeat of it is no new run
  new Script(world.socket, 'theirs').start({ threadId: room });
  assert.equal(client.runs.length, 0);
});

test('after a loss the room is joined again before what happens in it is asked for', async () => {
  const world = new World();
  const client = await world.open();
  const there = await joined(world, client);
  const own = client.run({ text: 'hello', threadId: room });
  const privately = client.run({ text: 'hello', threadId: 'elsewhere' });
  new Script(world.socket, 'theirs').start({ threadId: room }).text('a');
  const { value: theirs } = await there[Symbol.asyncIterator]().next();
  await world.comeBack();
  const [join, ...others] = world.socket.take();
  assert.deepEqual(join, { type: 'join', threadId: room, except: [own.runId, 'theirs'] });
  assert.deepEqual(others.map(({ runId }) => runId), [privately.runId]);
  world.socket.say({ type: 'joined', threadId: room });
  assert.deepEqual(world.socket.take(), [
    { type: 'run', runId: own.runId, threadId: room, messages: [{ role: 'user', content: 'hello' }] },
    { type: 'attach', runId: 'theirs', threadId: room, attempt: 1, afterSeq: 3 },
  ]);
  assert.equal(theirs.ended, false);
});

test('a run that is met in the middle is asked for from its beginning', async () => {
  const world = new World();
  const client = await world.open();
  const there = await joined(world, client);
  new Script(world.socket, 'theirs', { seq: 7 }).text('dle');
  assert.deepEqual(world.socket.take(), [{ type: 'attach', runId: 'theirs', threadId: room, attempt: 1, afterSeq: 0 }]);
  new Script(world.socket, 'theirs').start({ threadId: room }).text('middle').finish();
  const { value: run } = await there[Symbol.asyncIterator]().next();
  assert.equal((await run.result).text, 'middle');
});

test('who is not let in is told', async () => {
  const world = new World();
  const client = await world.open();
  const there = client.join(room);
  world.socket.say({ type: 'error', code: 'forbidden', message: 'No.', retryable: false, threadId: room });
  await assert.rejects(there.joined, { code: 'forbidden' });
  assert.equal((await all(there)).at(-1).code, 'forbidden');
});

test('who was in and finds the room full comes back', async () => {
  const world = new World();
  const client = await world.open();
  const there = await joined(world, client);
  await world.comeBack();
  world.socket.take();
  world.socket.say({ type: 'error', code: 'busy', message: 'Full.', retryable: true, threadId: room });
  await world.pass(2_000);
  assert.deepEqual(world.socket.take(), [{ type: 'join', threadId: room }]);
  world.socket.say({ type: 'joined', threadId: room });
  assert.equal(there.left, false);
});

test('a place that is lost ends the room, and what others say in it', async () => {
  const world = new World();
  const client = await world.open();
  const there = await joined(world, client);
  new Script(world.socket, 'theirs').start({ threadId: room });
  world.socket.say({ type: 'left', threadId: room });
  const [run, error] = await all(there);
  assert.equal(error.code, 'left');
  assert.equal((await run.done).error.code, 'left');
});

test('leaving is told, and nothing more comes', async () => {
  const world = new World();
  const client = await world.open();
  const there = await joined(world, client);
  there.leave();
  assert.deepEqual(world.socket.take(), [{ type: 'leave', threadId: room }]);
  new Script(world.socket, 'theirs').start({ threadId: room });
  assert.deepEqual(await all(there), []);
  await settled();
  assert.equal(client.runs.length, 0);
});

test('runs that nobody takes are forgotten from the oldest on, and counted', async () => {
  const world = new World();
  const client = await world.open({ mostRuns: 3 });
  const there = await joined(world, client);
  for (let i = 0; i < 5; i++) {
    new Script(world.socket, `theirs-${i}`).start({ threadId: room }).finish();
  }

  there.leave();
  assert.deepEqual((await all(there)).map(({ runId }) => runId), ['theirs-2', 'theirs-3', 'theirs-4']);
  assert.equal(there.dropped, 2);
});
