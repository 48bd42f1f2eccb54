import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settled, World } from './world.js';

const seeds = 400;

/** Chance that can be had again. */
function chance(seed) {
  let state = seed * 2_654_435_761 % 2 ** 32;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A server that keeps what the protocol promises, on a network that keeps nothing but order. */
class Server {
  attempts = []; // what each of them said, as events and as messages
  accepted = false;
  starts = 0;
  finished = false;

  constructor(random) {
    this.random = random;
    this.watching = new Map(); // socket → {attempt, seq}
  }

  /** Reads what the client has sent. */
  read(socket) {
    for (const frame of socket.take()) {
      switch (frame.type) {
        case 'run':
          this.runId = frame.runId;
          if (!this.accepted) {
            this.accepted = true;
            this.starts += 1;
            this.begin(0);
          }

          socket.accept(frame.runId);
          this.watch(socket, { attempt: 1, seq: 0 });
          break;
        case 'attach':
          if (this.random() < 0.15) {
            const retryable = this.random() < 0.5;
            socket.say({ type: 'error', code: retryable ? 'unavailable' : 'not_found', message: 'No.', retryable, runId: frame.runId });
          } else {
            this.watch(socket, { attempt: frame.attempt, seq: frame.afterSeq });
          }

          break;
        default:
          break;
      }
    }
  }

  watch(socket, place) {
    // who sees the run already goes on seeing it
    if (!this.watching.has(socket)) {
      this.watching.set(socket, place.attempt === this.attempts.length ? place : { attempt: this.attempts.length, seq: 0 });
    }
  }

  /** A new attempt says all anew that was written down of the one before it, in large pieces. */
  begin(keep) {
    const kept = (this.attempts.at(-1)?.messages ?? []).slice(0, keep);
    this.attempts.push({ events: [], messages: kept });
    this.add('RUN_STARTED', { threadId: 't', ...(this.attempts.length > 1 ? { keepMessages: 0 } : {}) });
    for (const { id, content } of kept) {
      this.add('TEXT_MESSAGE_START', { messageId: id, role: 'assistant' });
      this.add('TEXT_MESSAGE_CONTENT', { messageId: id, delta: content });
    }

    for (const place of this.watching.values()) {
      Object.assign(place, { attempt: this.attempts.length, seq: 0 });
    }
  }

  add(type, fields) {
    const { events } = this.attempts.at(-1);
    events.push({ type, ...fields, runId: this.runId, seq: events.length + 1, ...(this.attempts.length > 1 ? { attempt: this.attempts.length } : {}) });
  }

  /** The model says something, or a worker dies. */
  work() {
    const attempt = this.attempts.at(-1);
    if (!attempt || this.finished) {
      return;
    }

    const dice = this.random();
    if (dice < 0.02 && this.attempts.length < 4) {
      this.begin(Math.floor(this.random() * (attempt.messages.length + 1)));
    } else if (dice < 0.1 || attempt.messages.length === 0) {
      attempt.messages.push({ id: `m${this.attempts.length}-${attempt.messages.length}`, content: '' });
      this.add('TEXT_MESSAGE_START', { messageId: attempt.messages.at(-1).id, role: 'assistant' });
    } else {
      const delta = `${Math.floor(this.random() * 1e6)} `;
      const message = attempt.messages.at(-1);
      message.content += delta;
      this.add('TEXT_MESSAGE_CONTENT', { messageId: message.id, delta });
    }
  }

  finish() {
    this.finished = true;
    this.add('RUN_FINISHED', { threadId: 't' });
  }

  /** Sends a watcher some of what it has not seen: neighbouring pieces as one or not, some twice, some never. */
  send(socket) {
    const place = this.watching.get(socket);
    const attempt = this.attempts[place?.attempt - 1];
    for (let sent = 0; attempt && sent < 8 && place.seq < attempt.events.length; sent++) {
      let event = attempt.events[place.seq];
      place.seq += 1;
      for (let next = attempt.events[place.seq]; event.delta !== undefined && next?.messageId === event.messageId && next.delta !== undefined && this.random() < 0.5; next = attempt.events[place.seq]) {
        event = { ...event, delta: event.delta + next.delta, fromSeq: event.fromSeq ?? event.seq, seq: next.seq };
        place.seq += 1;
      }

      if (this.random() < 0.99) {
        socket.say(event);
      }

      if (this.random() < 0.05) {
        socket.say(event);
      }
    }
  }

  get text() {
    return this.attempts.at(-1).messages.map(({ content }) => content).join('');
  }
}

test(`what is shown is what was said, over ${seeds} bad networks`, async () => {
  let [attempts, losses, replaced] = [0, 0, 0];
  for (let seed = 1; seed <= seeds; seed++) {
    const random = chance(seed);
    const world = new World({ random });
    const server = new Server(random);
    const client = world.connect({ patienceMs: Infinity, bufferBytes: random() < 0.5 ? 500 : 1_000_000 });
    const run = client.run({ text: 'hello' });
    let shown = '';
    const reading = (async () => {
      for await (const event of run) {
        if (event.type === 'replace') {
          shown = event.text;
          replaced += 1;
        } else if (event.type === 'TEXT_MESSAGE_CONTENT') {
          shown += event.delta;
        }
      }
    })();

    let live = null;
    for (let step = 0; !run.ended; step++) {
      assert.ok(step < 5_000, `seed ${seed}: stuck`);
      await settled();
      if (world.socket !== live && world.socket) {
        live = world.socket;
        live.answersPings = true;
        if (random() < 0.85) {
          live.welcome();
        } else {
          live.break();
        }
      } else if (client.state === 'open') {
        server.read(live);
        server.work();
        server.send(live);
        if (step > 150 && !server.finished && server.accepted) {
          server.finish();
        }

        // a network that breaks for ever lets nobody through
        if (step < 1_000 && random() < 0.03) {
          losses += 1;
          server.watching.delete(live);
          live.break([1006, 1001, 1012, 1013][Math.floor(random() * 4)]);
        }
      }

      await world.pass(random() < 0.2 ? 3_000 : 20);
    }

    const { state } = await run.done;
    await reading;
    assert.deepEqual([state, server.starts], ['finished', 1], `seed ${seed}`);
    assert.equal(run.text, server.text, `seed ${seed}: the text`);
    assert.equal(shown, server.text, `seed ${seed}: what was shown`);
    attempts += server.attempts.length;
    client.close();
    assert.equal(world.timers, 0, `seed ${seed}: timers`);
  }

  // it was no walk in the park
  assert.ok(attempts > seeds * 1.5 && losses > seeds * 3 && replaced > seeds / 2, `${attempts} ${losses} ${replaced}`);
});
