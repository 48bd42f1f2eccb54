import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RefusedError, RunCancelledError, RunError } from '../src/index.js';
import { all, Script, settled, World } from './world.js';

test('a run is asked for, shown event by event, and ends', async () => {
  const world = new World();
  const client = await world.open();
  assert.equal(client.state, 'open');
  assert.deepEqual(world.socket.protocols, ['streamchat.v1']);
  assert.equal(new URL(world.socket.url).searchParams.get('user_id'), 'ada');

  const run = client.run({ text: 'hello', threadId: 't', agent: 'news' });
  assert.deepEqual(world.socket.take(), [{
    type: 'run', runId: 'run-1', threadId: 't', agent: 'news', messages: [{ role: 'user', content: 'hello' }],
  }]);
  world.socket.accept('run-1');
  assert.equal((await run.accepted).traceId, 'f'.repeat(32));
  new Script(world.socket, 'run-1').start().text('Hel').text('lo.').finish();
  const events = await all(run);
  assert.deepEqual(events.map(({ type }) => type), [
    'RUN_STARTED', 'TEXT_MESSAGE_START', 'TEXT_MESSAGE_CONTENT', 'TEXT_MESSAGE_CONTENT', 'TEXT_MESSAGE_END', 'RUN_FINISHED',
  ]);
  assert.equal((await run.result).text, 'Hello.');
  assert.deepEqual(await run.done, { state: 'finished', result: { model: 'demo' } });
  assert.equal(client.runs.length, 0);
  client.close();
  assert.equal(world.timers, 0);
});

test('a request that was not accepted is sent again under its id, and one that was is attached to', async () => {
  const world = new World();
  const client = await world.open();
  const first = client.run({ text: 'one' });
  const second = client.run({ text: 'two' });
  world.socket.accept(second.runId);
  new Script(world.socket, second.runId).start().text('a').text('b');
  await world.comeBack();
  assert.deepEqual(world.socket.take(), [
    { type: 'run', runId: first.runId, messages: [{ role: 'user', content: 'one' }] },
    { type: 'attach', runId: second.runId, attempt: 1, afterSeq: 4 },
  ]);
});

test('a request made without a connection waits for one', async () => {
  const world = new World();
  const client = world.connect();
  const run = client.run({ text: 'hello' });
  await settled();
  assert.deepEqual(world.socket.sent, []);
  world.socket.welcome();
  assert.deepEqual(world.socket.take().map(({ type, runId }) => [type, runId]), [['run', run.runId]]);
});

test('what comes twice is dropped and what is missing is asked for, then fetched over a new connection', async () => {
  const world = new World();
  const client = await world.open();
  const run = client.run({ text: 'hello' });
  world.socket.accept(run.runId);
  const script = new Script(world.socket, run.runId).start().text('one ');
  world.socket.say({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta: 'one ', runId: run.runId, seq: 3 });
  assert.equal(run.text, 'one ');

  script.seq += 1; // 4 is lost on the way
  world.socket.take();
  script.text('three ');
  script.text('four ');
  assert.equal(run.text, 'one ');
  assert.deepEqual(world.socket.take(), [{ type: 'attach', runId: run.runId, attempt: 1, afterSeq: 3 }]);
  await world.pass(5_000);
  assert.equal(client.state, 'waiting');
  await world.pass(1_000);
  world.socket.welcome();
  assert.deepEqual(world.socket.take(), [{ type: 'attach', runId: run.runId, attempt: 1, afterSeq: 3 }]);
  world.socket.say({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta: 'two three four ', runId: run.runId, fromSeq: 4, seq: 6 });
  assert.equal(run.text, 'one two three four ');
});

test('a piece that begins inside what was seen is no next one', async () => {
  const world = new World();
  const client = await world.open();
  const run = client.run({ text: 'hello' });
  world.socket.accept(run.runId);
  new Script(world.socket, run.runId).start().text('a').text('b');
  world.socket.say({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta: 'bc', runId: run.runId, fromSeq: 4, seq: 5 });
  assert.equal(run.text, 'ab');
});

test('events that stay away end the run as lost', async () => {
  const world = new World();
  const client = await world.open();
  const run = client.run({ text: 'hello' });
  world.socket.accept(run.runId);
  new Script(world.socket, run.runId).start();
  for (let i = 0; i < 4; i++) {
    new Script(world.socket, run.runId, { seq: 10 }).text('far away');
    await world.pass(5_000);
    if (i < 3) {
      await world.pass(1_000 * 2 ** i);
      world.socket.welcome();
    }
  }

  const { state, error } = await run.done;
  assert.deepEqual([state, error.code, error.retryable], ['failed', 'lost', true]);
});

test('a new attempt replaces what came after the messages that it keeps', async () => {
  const world = new World();
  const client = await world.open();
  const run = client.run({ text: 'hello' });
  world.socket.accept(run.runId);
  new Script(world.socket, run.runId).start()
    .text('Let me see. ')
    .say('TOOL_CALL_START', { toolCallId: 'c1', toolCallName: 'calculator', parentMessageId: 'm1' })
    .say('TOOL_CALL_ARGS', { toolCallId: 'c1', delta: '{}' })
    .say('TOOL_CALL_RESULT', { messageId: 'r1', toolCallId: 'c1', content: '4', role: 'tool' })
    .text('It is f', 'm2');
  const before = run.text;
  new Script(world.socket, run.runId, { attempt: 2 })
    .say('RUN_STARTED', { threadId: 't', keepMessages: 2 })
    .text('It is four.', 'm3')
    .finish();

  // the old attempt still trickles in
  new Script(world.socket, run.runId, { seq: 7 }).text('our', 'm2');
  assert.equal(before, 'Let me see. It is f');
  assert.equal(run.text, 'Let me see. It is four.');
  assert.deepEqual(run.messages.map(({ role, content }) => [role, content]), [['assistant', 'Let me see. '], ['tool', '4'], ['assistant', 'It is four.']]);

  // who only prints text does well by this rule
  let shown = '';
  const replaced = [];
  for await (const event of run) {
    if (event.type === 'replace') {
      replaced.push([event.attempt, event.keepMessages, event.text, event.messages.length]);
      shown = event.text;
    } else if (event.type === 'TEXT_MESSAGE_CONTENT') {
      shown += event.delta;
    }
  }

  assert.equal(shown, run.text);
  assert.deepEqual(replaced, [[2, 2, 'Let me see. ', 2]]);
  assert.deepEqual(run.position, { attempt: 2, afterSeq: 4 });
});

test('a new attempt is attached to where it stands, and one that nobody knew begins at its beginning', async () => {
  const world = new World();
  const client = await world.open();
  const run = client.run({ text: 'hello' });
  world.socket.accept(run.runId);
  new Script(world.socket, run.runId).start().text('first ');
  await world.comeBack();
  new Script(world.socket, run.runId, { attempt: 3 }).start({ keepMessages: 0 }).text('third ');
  assert.equal(run.text, 'third ');
  await world.comeBack();
  assert.deepEqual(world.socket.take(), [{ type: 'attach', runId: run.runId, attempt: 3, afterSeq: 3 }]);
  new Script(world.socket, run.runId, { attempt: 4, seq: 5 }).text('fourth ');
  assert.equal(run.text, 'third ');
});

test('a snapshot stands for all that was said', async () => {
  const world = new World();
  const client = await world.open();
  const run = client.attach('old-run');
  assert.deepEqual(world.socket.take(), [{ type: 'attach', runId: 'old-run', attempt: 1, afterSeq: 0 }]);
  const script = new Script(world.socket, 'old-run').say('RUN_STARTED', { threadId: 't' });
  script.say('MESSAGES_SNAPSHOT', {
    messages: [
      { role: 'user', content: 'earlier' }, { role: 'assistant', content: 'long ago' },
      { role: 'user', content: 'count' }, { role: 'assistant', content: 'one two' },
    ],
  }).say('RUN_FINISHED', { threadId: 't' });
  const events = await all(run);
  assert.equal(run.text, 'one two');
  assert.deepEqual(events.map(({ type }) => type), ['RUN_STARTED', 'replace', 'MESSAGES_SNAPSHOT', 'RUN_FINISHED']);
  assert.equal(events[1].text, 'one two');
});

test('a failed run throws after its last event, a cancelled one just ends', async () => {
  const world = new World();
  const client = await world.open();
  const failed = client.run({ text: 'hello' });
  world.socket.accept(failed.runId);
  new Script(world.socket, failed.runId).start().say('RUN_ERROR', { code: 'model_error', message: 'The model could not answer.' });
  const events = await all(failed);
  assert.equal(events.at(-2).type, 'RUN_ERROR');
  assert.ok(events.at(-1) instanceof RunError);
  assert.deepEqual([events.at(-1).code, events.at(-1).retryable], ['model_error', true]);
  await assert.rejects(failed.result, RunError);

  const cancelled = client.run({ text: 'hello' });
  world.socket.accept(cancelled.runId);
  new Script(world.socket, cancelled.runId).start().say('RUN_ERROR', { code: 'cancelled', message: 'Cancelled.' });
  assert.equal((await all(cancelled)).at(-1).type, 'RUN_ERROR');
  assert.equal((await cancelled.done).state, 'cancelled');
  await assert.rejects(cancelled.result, RunCancelledError);
});

test('a refusal ends a run that was not accepted, with what the server said', async () => {
  const world = new World();
  const client = await world.open();
  const run = client.run({ text: 'hello' });
  world.socket.say({ type: 'error', code: 'busy', message: 'Too many.', retryable: true, runId: run.runId });
  const { state, error } = await run.done;
  assert.equal(state, 'failed');
  assert.ok(error instanceof RefusedError);
  assert.deepEqual([error.code, error.retryable, error.message], ['busy', true, 'Too many.']);
  await assert.rejects(run.accepted, RefusedError);

  // one that could not be read has no run id: the one request still unanswered is meant
  const unread = client.run({ text: 'hello' });
  world.socket.say({ type: 'error', code: 'invalid_frame', message: 'No.', retryable: false });
  assert.equal((await unread.done).error.code, 'invalid_frame');
});

test('a refusal may be answered with the same request again', async () => {
  const world = new World();
  const client = await world.open({ retryRefused: 1 });
  const run = client.run({ text: 'hello' });
  world.socket.take();
  world.socket.say({ type: 'error', code: 'unavailable', message: 'Later.', retryable: true, runId: run.runId });
  await world.pass(2_000);
  assert.deepEqual(world.socket.take().map(({ type, runId }) => [type, runId]), [['run', run.runId]]);
  world.socket.say({ type: 'error', code: 'unavailable', message: 'Later.', retryable: true, runId: run.runId });
  assert.equal((await run.done).error.code, 'unavailable');
});

test('an accepted run that cannot be attached to is asked for until patience is at an end', async () => {
  const world = new World();
  const client = await world.open({ patienceMs: 20_000 });
  const run = client.run({ text: 'hello' });
  world.socket.accept(run.runId);
  new Script(world.socket, run.runId).start().text('one ');
  await world.comeBack();
  world.socket.take();
  let asked = 0;
  for (let i = 0; i < 30 && !run.ended; i++) {
    world.socket.say({ type: 'error', code: i % 2 === 0 ? 'not_found' : 'rate_limited', message: 'No.', retryable: i % 2 === 1, runId: run.runId });
    await world.pass(5_500);
    asked += world.socket.take().filter(({ type }) => type === 'attach').length;
  }

  assert.ok(asked >= 3, `${asked}`);
  assert.equal((await run.done).state, 'failed');
});

test('one that no worker has taken yet is asked for by its request', async () => {
  const world = new World();
  const client = await world.open();
  const run = client.run({ text: 'hello' });
  world.socket.accept(run.runId);
  await world.comeBack();
  assert.deepEqual(world.socket.take().map(({ type }) => type), ['attach']);
  world.socket.say({ type: 'error', code: 'not_found', message: 'No.', retryable: false, runId: run.runId });
  await world.pass(2_000);
  assert.deepEqual(world.socket.take().map(({ type, runId }) => [type, runId]), [['run', run.runId]]);
  world.socket.accept(run.runId);
  new Script(world.socket, run.runId).start().text('late').finish();
  assert.equal((await run.result).text, 'late');
});

test('a run of another that is not there fails at once', async () => {
  const world = new World();
  const client = await world.open();
  const run = client.attach('nowhere');
  world.socket.say({ type: 'error', code: 'not_found', message: 'No.', retryable: false, runId: 'nowhere' });
  assert.equal((await run.done).error.code, 'not_found');
});

test('a cancel waits for the acceptance and for the connection, and is said until the run has ended', async () => {
  const world = new World();
  const client = await world.open();
  const run = client.run({ text: 'hello' });
  run.cancel();
  world.socket.take();
  world.socket.accept(run.runId);
  assert.deepEqual(world.socket.take(), [{ type: 'cancel', runId: run.runId }]);
  await world.pass(2_000);
  assert.deepEqual(world.socket.take(), [{ type: 'cancel', runId: run.runId }]);
  await world.comeBack();
  assert.deepEqual(world.socket.take().map(({ type }) => type), ['attach', 'cancel']);
  new Script(world.socket, run.runId).start().say('RUN_ERROR', { code: 'cancelled', message: 'Cancelled.' });
  assert.equal((await run.done).state, 'cancelled');
  await world.pass(10_000);
  assert.equal(world.socket.take().filter(({ type }) => type === 'cancel').length, 0);
});

test('a cancel during the outage is sent when the connection is back, and one of what was never sent ends here', async () => {
  const world = new World();
  const client = await world.open();
  const sent = client.run({ text: 'one' });
  world.socket.accept(sent.runId);
  world.socket.break();
  sent.cancel();
  const unsent = client.run({ text: 'two' });
  unsent.cancel();
  assert.equal((await unsent.done).state, 'cancelled');
  await world.pass(1_000);
  world.socket.welcome();
  assert.deepEqual(world.socket.take().map(({ type, runId }) => [type, runId]), [['attach', sent.runId], ['cancel', sent.runId]]);
});

test('answers of tools are given again until the run shows them', async () => {
  const world = new World();
  const client = await world.open();
  const run = client.run({ text: 'hello', tools: [{ name: 'ask_user' }] });
  world.socket.accept(run.runId);
  const script = new Script(world.socket, run.runId).start().say('TOOL_CALL_START', { toolCallId: 'c1', toolCallName: 'ask_user' });
  run.answerTool('c1', 'four');
  run.answerTool('c2', 'no', { isError: true });
  await world.comeBack();
  assert.deepEqual(world.socket.take().slice(1), [
    { type: 'tool_result', runId: run.runId, toolCallId: 'c1', content: 'four' },
    { type: 'tool_result', runId: run.runId, toolCallId: 'c2', content: 'no', isError: true },
  ]);
  script.socket = world.socket;
  script.say('TOOL_CALL_RESULT', { messageId: 'r1', toolCallId: 'c1', content: 'four', role: 'tool' });
  await world.comeBack();
  assert.deepEqual(world.socket.take().filter(({ type }) => type === 'tool_result').map(({ toolCallId }) => toolCallId), ['c2']);
});

test('who leaves the loop finds what came meanwhile', async () => {
  const world = new World();
  const client = await world.open();
  const run = client.run({ text: 'hello' });
  world.socket.accept(run.runId);
  const script = new Script(world.socket, run.runId).start().text('one ');
  for await (const event of run) {
    if (event.type === 'TEXT_MESSAGE_CONTENT') {
      break;
    }
  }

  script.text('two ').finish();
  const rest = await all(run);
  assert.deepEqual(rest.map(({ type, delta }) => delta ?? type), ['two ', 'TEXT_MESSAGE_END', 'RUN_FINISHED']);
});

test('what nobody reads costs little memory and none of it is lost', async () => {
  const world = new World();
  const client = await world.open({ bufferBytes: 20_000 });
  const run = client.run({ text: 'hello' });
  world.socket.accept(run.runId);
  const script = new Script(world.socket, run.runId).start();
  let expected = '';
  for (let i = 0; i < 5_000; i++) {
    expected += `${i} `;
    script.text(`${i} `);
    if (i === 2_500) {
      script.say('TOOL_CALL_START', { toolCallId: 'c1', toolCallName: 'search', parentMessageId: 'm1' });
      for (let progress = 0; progress < 1_000; progress++) {
        script.say('CUSTOM', { name: 'tool_progress', value: { toolCallId: 'c1', progress } });
      }
    }
  }

  script.finish();
  const events = await all(run);
  assert.ok(events.length < 300, `${events.length}`);
  const texts = events.filter(({ type }) => type === 'TEXT_MESSAGE_CONTENT');
  assert.equal(texts.map(({ delta }) => delta).join(''), expected);
  assert.equal(events.filter(({ type }) => type === 'CUSTOM').at(-1).value.progress, 999);
  for (const [i, event] of texts.slice(1).entries()) {
    assert.ok((event.fromSeq ?? event.seq) > texts[i].seq);
  }
});

test('unknown events of a run are passed on, unknown frames are an event of the client', async () => {
  const world = new World();
  const client = await world.open();
  const frames = [];
  client.addEventListener('frame', ({ detail }) => frames.push(detail));
  const run = client.run({ text: 'hello' });
  world.socket.accept(run.runId);
  new Script(world.socket, run.runId).say('RUN_STARTED', { threadId: 't' }).say('FROM_THE_FUTURE', { value: 1 }).finish();
  world.socket.say({ type: 'presence', threadId: '~room/r', members: [] });
  world.socket.say({ type: 'status', state: 'degraded' });
  world.socket.say([1, 2]);
  world.socket.say({ no: 'type' });
  assert.deepEqual((await all(run)).map(({ type }) => type), ['RUN_STARTED', 'FROM_THE_FUTURE', 'TEXT_MESSAGE_END', 'RUN_FINISHED']);
  assert.deepEqual(frames.map(({ type }) => type), ['presence', 'status']);
});

test('the same run id is the same run, and there is a bound of runs', async () => {
  const world = new World();
  const client = await world.open({ mostRuns: 2 });
  const one = client.run({ text: 'hello', runId: 'x' });
  assert.equal(client.run({ text: 'hello', runId: 'x' }), one);
  client.run({ text: 'two' });
  assert.throws(() => client.run({ text: 'three' }), { code: 'busy' });
});
