import { socketUrl } from '../kit/addresses.js';
import { actionButtons, Bench } from '../kit/bench.js';
import { benchWords } from '../kit/bench-words.js';
import { Conversation } from '../kit/conversation.js';
import { element } from '../kit/dom.js';
import { parsed } from '../kit/json-text.js';
import { mountHeader } from '../kit/page-header.js';
import { addWords, applyTexts, text } from '../kit/texts.js';
import { ServerPanel } from './server-panel.js';
import { engineWords } from './words.js';

addWords(benchWords);
addWords(engineWords);

const pingEveryMs = 30_000;
const paramsOfTool = {
  calculator: { expression: '123 + 456' },
  current_time: { time_zone: 'Asia/Tokyo' },
  weather: { city: 'Tokyo' },
  search: { query: 'WebSocket' },
  knowledge_base: { query: 'WebSocket' },
};
const sum = toolCall('calculator', paramsOfTool.calculator);

const byId = (id) => document.getElementById(id);
mountHeader({ connection: true });
const bench = new Bench({
  addressOf: () => byId('address').value.trim(),
  kindOf: ({ type }) => type,
  isFault: ({ type }) => type === 'error',
  templates: [query('streaming_query', '用Python写一个快速排序'), query('agent_query', 'Hello'), sum, { type: 'ping' }, { type: 'cancel' }],
});
const conversation = new Conversation(bench, byId('messages'));
const server = new ServerPanel();
let pingedAt = null;

/** Sends a query or a call and opens its place among the answers; the server answers them one after another. */
function request(frame) {
  if (!bench.send(frame)) {
    return false;
  }

  const isCall = frame.type === 'tool_call';
  const { view } = conversation.begin(isCall ? `${frame.tool_name} ${JSON.stringify(frame.params)}` : frame.query, { sent: bench.lastSent });
  if (isCall) {
    view.take({ type: 'TOOL_CALL_START', toolCallId: 'call', toolCallName: frame.tool_name });
    view.take({ type: 'TOOL_CALL_ARGS', toolCallId: 'call', delta: JSON.stringify(frame.params) });
    view.take({ type: 'TOOL_CALL_END', toolCallId: 'call' });
  }

  return true;
}

function receive({ frame, at }) {
  const turn = conversation.waiting[0];
  switch (frame.type) {
    case 'connected':
      server.own = frame.connection_id;
      byId('connection-id').textContent = frame.connection_id;
      server.refresh();
      break;
    case 'pong':
      if (pingedAt !== null) {
        bench.statistics.set('latency', at - pingedAt);
        pingedAt = null;
      }

      break;
    case 'status':
      if (turn && frame.status === 'processing') {
        turn.view.hint = text('processing');
      }

      break;
    case 'stream_chunk':
      turn?.view.take({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'text', delta: String(frame.content), seq: 0 });
      break;
    case 'agent_response':
      if (frame.vendor && frame.vendor !== 'unknown') {
        turn?.view.take({ type: 'STEP_STARTED', stepName: frame.vendor });
      }

      turn?.view.take({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'text', delta: String(frame.content), seq: 0 });
      end(turn, { state: 'done' });
      break;
    case 'stream_end':
      end(turn, { state: 'done' });
      break;
    case 'tool_result':
      turn?.view.take({ type: 'TOOL_CALL_RESULT', toolCallId: 'call', messageId: 'result', content: JSON.stringify(frame.result) ?? '' });
      end(turn, { state: 'done' });
      break;
    case 'cancelled':
      conversation.endAll({ state: 'cancelled' });
      break;
    case 'error':
      refuse(String(frame.error));
      break;
    default:
      break;
  }
}

/** An error names no request: its text tells whether it is about a frame that was sent last or about the answer under way. */
function refuse(error) {
  const aboutFrame = /^(Invalid JSON|Unknown message type|Too many requests|Query is required|Tool name is required)/.test(error);
  const turn = aboutFrame ? conversation.waiting.find(({ sent }) => sent === bench.lastSent) : conversation.waiting[0];
  if (turn) {
    end(turn, { state: 'failed', message: error });
  } else {
    bench.notify('serverError', error);
  }
}

function end(turn, outcome) {
  if (turn) {
    conversation.end(turn, outcome);
  }
}

function submit() {
  const type = byId('type').value;
  complain('');
  if (type === 'ping') {
    sendPing();
  } else if (type === 'cancel') {
    bench.send({ type });
  } else if (type === 'tool_call') {
    const params = parsed(byId('params').value);
    if (typeof params !== 'object' || params === null || Array.isArray(params)) {
      complain('paramsWrong');
    } else {
      request(toolCall(byId('tool').value.trim(), params));
    }
  } else if (byId('query').value.trim() === '') {
    complain('queryMissing');
  } else if (request(query(type, byId('query').value.trim()))) {
    byId('query').value = '';
  }
}

function complain(key) {
  byId('params-error').textContent = key === '' ? '' : text(key);
}

function sendPing() {
  if (bench.send({ type: 'ping' })) {
    pingedAt = performance.now();
  }
}

function showFields() {
  complain('');
  for (const field of document.querySelectorAll('[data-for]')) {
    field.hidden = !field.dataset.for.split(' ').includes(byId('type').value);
  }
}

/** What the tool takes, where we know it; else what was written stays. */
function showParams() {
  const params = paramsOfTool[byId('tool').value.trim()];
  if (params) {
    byId('params').value = JSON.stringify(params, null, 2);
  }
}

function query(type, content) {
  return { type, query: content };
}

function toolCall(name, params) {
  return { type: 'tool_call', tool_name: name, params };
}

byId('address').value = socketUrl('/ws/agent').href;
byId('server').append(server.node);
byId('tools').append(...Object.keys(paramsOfTool).map((value) => element('option', { value })));
byId('queries').append(...actionButtons(
  ['queryHello', () => request(query('streaming_query', text('questionHello')))],
  ['queryTools', () => request(query('streaming_query', text('questionTools')))],
  ['queryOnce', () => request(query('agent_query', text('questionOnce')))],
  ['queryLong', () => request(query('streaming_query', text('questionLong')))],
));
byId('others').append(...actionButtons(
  ['toolSum', () => request(sum)],
  ['toolTime', () => request(toolCall('current_time', paramsOfTool.current_time))],
  ['cancel', () => bench.send({ type: 'cancel' })],
  ['sendPing', sendPing],
  ['sendRubbish', () => bench.sendRaw('{"type":')],
));
byId('request').addEventListener('submit', (event) => {
  event.preventDefault();
  submit();
});
byId('query').addEventListener('keydown', (event) => {
  // while an input method composes, Enter picks a candidate
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  }
});
byId('type').addEventListener('input', showFields);
byId('tool').addEventListener('change', showParams);
bench.addEventListener('frame', ({ detail }) => receive(detail));
bench.addEventListener('closed', () => {
  server.own = null;
  byId('connection-id').textContent = '–';
  server.refresh();
});
setInterval(() => bench.open && byId('keep-alive').checked && sendPing(), pingEveryMs);
showFields();
showParams();
applyTexts();
