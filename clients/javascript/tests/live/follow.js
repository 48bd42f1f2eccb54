/**
 * A client in a process of its own, for tests with real servers: does the task that its argument describes, and writes what it saw as
 * lines of JSON.
 */
import { writeSync } from 'node:fs';
import { connect, StreamChatError } from '../../src/index.js';

const task = JSON.parse(process.argv[2]);
const client = connect(task.url, { userId: task.userId });
const runs = [];
let told = 0;

client.addEventListener('state', ({ detail }) => {
  write({ line: 'state', ...detail, connectionId: client.connectionId });
  if (detail.state === 'waiting' && task.cancelWhenLost) {
    runs.forEach(({ run }) => run.cancel());
  }
});
await client.ready;
if (task.joins) {
  const room = client.join(task.joins);
  await room.joined;
  write({ line: 'joined' });
  const { value } = await room[Symbol.asyncIterator]().next();
  follow(value);
}

for (let i = 0; i < (task.runs ?? 0); i++) {
  follow(client.run({ text: task.text, threadId: task.threadId }));
}

if (task.attachTo) {
  follow(client.attach(task.attachTo));
}

await Promise.all(runs.map(({ followed }) => followed));
for (const { run, shown, outcome } of runs) {
  write({ line: 'run', runId: run.runId, state: outcome.state, attempt: run.position.attempt, text: run.text, shown: shown.text });
}

write({ line: 'end' });
client.close();

/** Shows the run as its text, by the one rule that there is for that. */
function follow(run) {
  const entry = { run, shown: { text: '', tokens: 0 } };
  entry.followed = (async () => {
    try {
      for await (const event of run) {
        if (event.type === 'replace') {
          entry.shown.text = event.text;
        } else if (event.type === 'TEXT_MESSAGE_CONTENT') {
          entry.shown.text += event.delta;
        }

        tell(entry);
      }
    } catch (error) {
      if (!(error instanceof StreamChatError)) {
        throw error; // ours; how a run ended says its outcome
      }
    }

    entry.outcome = await run.done;
  })();
  runs.push(entry);
}

/** How far the run is that is furthest behind, every twenty tokens. */
function tell(entry) {
  entry.shown.tokens = entry.shown.text.split(' ').length - 1;
  const least = Math.min(...runs.map(({ shown }) => shown.tokens));
  if (least >= told + 20) {
    told = least;
    write({ line: 'seen', least, runIds: runs.map(({ run }) => run.runId) });
  }
}

function write(line) {
  writeSync(1, `${JSON.stringify(line)}\n`);
}
