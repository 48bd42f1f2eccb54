import { socketUrl } from '../kit/addresses.js';
import { actionButtons, Bench } from '../kit/bench.js';
import { benchWords } from '../kit/bench-words.js';
import { Composer } from '../kit/composer.js';
import { Conversation } from '../kit/conversation.js';
import { element } from '../kit/dom.js';
import { mountHeader } from '../kit/page-header.js';
import { addWords, applyTexts, text } from '../kit/texts.js';
import { SnapshotAnswer } from './snapshot-answer.js';
import { SnapshotPanel } from './snapshot-panel.js';
import { testWords } from './words.js';

addWords(benchWords);
addWords(testWords);

const byId = (id) => document.getElementById(id);
mountHeader({ connection: true });
const bench = new Bench({
  addressOf,
  kindOf: ({ type, content }) => (content?.type === 'completion' ? `${type} completion` : content?.command ? `${type} ${content.command}` : type),
  isFault: ({ type, content }) => type === 'error' || type === 'ai_error' || (type === 'command' && content?.success === false),
  templates: [
    chat('你好，今天天气怎么样？'),
    { type: 'chat', content: { message: 'Hello' }, timestamp: now(), metadata: { conversation_id: 'trip' } },
    { type: 'ping', content: {} },
    command('list_rooms'),
    command('create_room', { room_id: 'lobby', room_name: 'Lobby', description: 'A room for all', max_members: 10, is_private: false }),
    command('invite', { room_id: 'lobby', user_id: 'ada' }),
    command('get_connection_info'),
  ],
});
const conversation = new Conversation(bench, byId('messages'));
const composer = new Composer(byId('composer'), (content) => ask(content) && composer.clear());
const snapshots = new SnapshotPanel();
let ownRoom = null;
let pingedAt = null;

/** Where to connect; the assistant wants to know the user. */
function addressOf() {
  const userId = byId('user-id');
  const missing = userId.value.trim() === '';
  userId.setAttribute('aria-invalid', String(missing));
  byId('user-error').textContent = missing ? text('userMissing') : '';
  if (missing) {
    userId.focus();
    return null;
  }

  return socketUrl('/ws', {
    user_id: userId.value.trim(),
    username: byId('user-name').value.trim(),
    room_id: byId('room-id').value.trim(),
    token: byId('token').value.trim(),
  });
}

function ask(content) {
  const roomId = byId('ask-in').value;
  const frame = roomId === '' ? chat(content) : { ...chat(content), room_id: roomId };
  if (!bench.send(frame)) {
    return false;
  }

  begin(content, roomId === '' ? ownRoom : roomId).sent = bench.lastSent;
  return true;
}

function begin(question, roomId) {
  const turn = conversation.begin(question, { roomId, started: false });
  turn.answer = new SnapshotAnswer(turn.view);
  return turn;
}

function receive({ frame, at }) {
  const { type, content, room_id: roomId } = frame;
  if (type === 'connect') {
    ownRoom = content?.room_id ?? ownRoom;
  } else if (type === 'ping' && byId('answer-pings').checked) {
    bench.send({ type: 'pong', content: { timestamp: now() }, timestamp: now() });
  } else if (type === 'pong' && pingedAt !== null) {
    bench.statistics.set('latency', at - pingedAt);
    pingedAt = null;
  } else if (type === 'ai_response' && typeof content === 'object' && content !== null) {
    takeSnapshot(content, roomId);
  } else if (type === 'ai_error') {
    fail(content, roomId);
  } else if (type === 'error') {
    refuse(content);
  } else if (type === 'command') {
    showRooms(content);
  }
}

function takeSnapshot(content, roomId) {
  const complete = content.type === 'completion';
  const snapshot = complete ? (content.final_response ?? content) : content;
  // An answer is known by its room, where one follows the other. One that we did not ask for is that of another member.
  const turn = turnOf(roomId) ?? begin(null, roomId);
  turn.started = true;
  turn.answer.take(snapshot);
  snapshots.show(snapshot);
  if (complete) {
    conversation.end(turn, { state: 'done' });
  }
}

function fail(content, roomId) {
  const message = content?.details ?? content?.error;
  const turn = turnOf(roomId);
  if (turn) {
    conversation.end(turn, { state: 'failed', message });
  } else {
    bench.notify('aiFailed', message);
  }
}

/** An error names no request: what is too much or wrong was sent last, and what could not be handled was next to begin. */
function refuse(content) {
  const waiting = conversation.waiting.filter(({ started }) => !started);
  const turn = {
    TOO_MANY_REQUESTS: waiting.at(-1),
    INVALID_MESSAGE: waiting.find(({ sent }) => sent === bench.lastSent),
    MESSAGE_PROCESSING_ERROR: waiting[0],
  }[content?.error_code];
  const message = content?.error ?? content?.error_message;
  if (turn) {
    conversation.end(turn, { state: 'failed', message });
  } else {
    bench.notify('serverError', [content?.error_code, message].filter(Boolean).join(': '));
  }
}

function turnOf(roomId) {
  return conversation.waiting.find((turn) => turn.roomId === roomId);
}

/** Keeps the choice of rooms to ask in: those that were joined or made. */
function showRooms(content) {
  const id = content?.room_info?.room_id ?? content?.room_id;
  const choice = byId('ask-in');
  const known = [...choice.options].find(({ value }) => value === id);
  if (content?.error) {
    bench.notify('serverError', content.error);
  } else if (content?.success === false) {
    bench.notify('serverError', content.message);
  } else if (content?.command === 'leave_room_response') {
    known?.remove();
  } else if (['join_room_response', 'create_room_response'].includes(content?.command) && id && !known) {
    choice.append(element('option', { value: id }, id));
  }
}

function forgetRooms() {
  ownRoom = null;
  byId('ask-in').replaceChildren(byId('ask-in').firstElementChild);
}

function sendRoomCommand(name, more = {}) {
  bench.send(command(name, { room_id: byId('command-room').value.trim(), ...more }));
}

function sendPing() {
  if (bench.send({ type: 'ping', content: {}, timestamp: now() })) {
    pingedAt = performance.now();
  }
}

function chat(content) {
  return { type: 'chat', content, timestamp: now() };
}

function command(name, args = {}) {
  return { type: 'command', content: { command: name, args }, timestamp: now() };
}

function now() {
  return new Date().toISOString();
}

byId('snapshot').append(snapshots.node);
byId('ask-in').append(element('option', { value: '', dataset: { text: 'ownRoom' } }));
byId('questions').append(...actionButtons(
  ...['askWeather', 'askNews', 'askRecipe', 'askCalculator'].map((key) => [key, () => ask(text(`question${key[0].toUpperCase()}${key.slice(1)}`))])));
byId('commands').append(...actionButtons(
  ['sendPing', sendPing],
  ['listRooms', () => bench.send(command('list_rooms'))],
  ['connectionInfo', () => bench.send(command('get_connection_info'))],
  ['sendRubbish', () => bench.sendRaw('{"type":"chat",')],
));
byId('room-commands').append(...actionButtons(
  ['createRoom', () => sendRoomCommand('create_room', { is_private: false })],
  ['createPrivateRoom', () => sendRoomCommand('create_room', { is_private: true })],
  ['joinRoom', () => sendRoomCommand('join_room')],
  ['leaveRoom', () => sendRoomCommand('leave_room')],
));
bench.addEventListener('frame', ({ detail }) => receive(detail));
bench.addEventListener('closed', forgetRooms);
byId('user-id').addEventListener('input', () => {
  byId('user-id').ariaInvalid = 'false';
  byId('user-error').textContent = '';
});
applyTexts();
