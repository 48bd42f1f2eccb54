import { Choices } from './chat/choices.js';
import { ContextPanel } from './chat/context-panel.js';
import { Contexts } from './chat/contexts.js';
import { showExamples } from './chat/examples.js';
import { OwnTools } from './chat/own-tools.js';
import { addPendingRun, pendingRuns, removePendingRun } from './chat/pending-runs.js';
import { Pictures } from './chat/pictures.js';
import { setThreadInAddress, threadInAddress } from './chat/thread-address.js';
import { ThreadBar } from './chat/thread-bar.js';
import { ThreadList } from './chat/thread-list.js';
import { ThreadMenu } from './chat/thread-menu.js';
import { drawQuestion, Transcript } from './chat/transcript.js';
import { Client, ConnectionError, StreamChatError, uuidV7 } from './client/index.js';
import { AnswerView } from './kit/answer-view.js';
import { Api } from './kit/api.js';
import { Composer } from './kit/composer.js';
import { Follow } from './kit/follow.js';
import { mountMenu } from './kit/page-header.js';
import { applyTexts, errorText, onLanguageChange, setText, text } from './kit/texts.js';
import { loadUserId, saveUserId } from './kit/user.js';

const mostMessages = 400;
const longestTitle = 80;
const catalogHoldsMs = 60_000;

const byId = (id) => document.getElementById(id);
const composer = new Composer(byId('composer'), submit);
const input = composer.input;
const stop = byId('stop');
const userField = byId('user-id');
const messages = byId('messages');
const stored = byId('stored');
const follow = new Follow(byId('scroller'), byId('content'), (following) => {
  byId('latest').hidden = following;
});
const menu = new ThreadMenu();
const list = new ThreadList(menu);
const bar = new ThreadBar();
const panel = new ContextPanel();
const contexts = new Contexts();
const choices = new Choices(byId('choices'));
const pictures = new Pictures(
  { list: byId('pictures'), button: byId('attach'), files: byId('picture-files'), target: byId('composer') },
  () => follow.settle(),
  (key) => setText(showNotice('error-notice'), key),
);

let client;
let api;
let userId;
let catalogAt = -Infinity;
let thread = { threadId: uuidV7() };
let transcript = null;
let agent = null;

/** Questions with their answers that are not (only) stored: those under way in any thread, and those that ended on this screen. */
let turns = [];

mountMenu(byId('site'));
applyTexts();
menu.attach(byId('thread-options'), () => list.find(thread.threadId) ?? thread);
userField.value = loadUserId();
showExamples(byId('examples'), askExample);
open(userField.value);
show(threadInAddress());
if (!touch()) {
  input.focus({ preventScroll: true }); // at the start nothing had the focus: a touch screen needs none
}

function open(id) {
  client?.close();
  userId = id;
  client = new Client('/ws/v1', { userId });
  client.addEventListener('state', ({ detail }) => showConnection(detail));
  client.addEventListener('error', ({ detail }) => {
    showNotice('error-notice').textContent = errorText(detail);
    showRunning();
  });
  api = menu.api = list.api = new Api(userId);
  choices.userId = userId;
  catalogAt = -Infinity;
  client.connect();
}

/** Shows a thread, or with null a new one. */
function show(threadId) {
  turns = turns.filter(({ run }) => !run.ended);
  thread = list.find(threadId) ?? { threadId: threadId ?? uuidV7() };
  agent = thread.agent ?? null;
  transcript = threadId === null ? null : new Transcript(api, threadId);
  list.current = threadId;
  panel.set(contexts.of(threadId));
  stored.replaceChildren();
  messages.replaceChildren(...turnsHere().flatMap(({ question, view }) => [question, view.node]));
  byId('welcome').hidden = threadId !== null;
  byId('error-notice').hidden = true;
  byId('history-notice').hidden = true;
  byId('older').hidden = true;
  byId('status').textContent = '';
  showThread();
  showRunning();
  if (transcript) {
    for (const pending of pendingRuns(userId, threadId)) {
      resume(pending);
    }

    readTranscript();
    follow.toEnd();
  } else {
    follow.toStart();
  }
}

/** Reads the newest messages of the thread, or those before. */
async function readTranscript() {
  const reading = transcript;
  const scroller = byId('scroller');
  const notice = byId('history-notice');
  const first = stored.childElementCount === 0;
  notice.hidden = !first;
  notice.dataset.state = 'loading';
  setText(notice.firstElementChild, 'historyLoading');
  byId('older').disabled = true;
  try {
    const read = await reading.read();
    if (reading !== transcript) {
      return;
    }

    thread = { ...thread, ...read };
    agent ??= thread.agent ?? null;
    if (first && turnsHere().every(({ saidContext }) => !saidContext)) {
      contexts.set(thread.threadId, thread.context);
      panel.set(thread.context);
    }

    const toEnd = scroller.scrollHeight - scroller.scrollTop;
    showStored();
    notice.hidden = true;
    if (first) {
      follow.toEnd();
    } else {
      scroller.scrollTop = scroller.scrollHeight - toEnd;
    }

    showThread();
  } catch (error) {
    if (reading === transcript) {
      // what was only just asked for is not stored yet
      notice.hidden = error.status === 404 && turnsHere().length > 0;
      notice.dataset.state = error.retryable ?? true ? 'failed' : 'gone';
      setText(notice.firstElementChild, error.status === 404 ? 'threadGone' : 'historyFailed');
    }
  } finally {
    byId('older').disabled = false;
  }
}

function showStored() {
  stored.replaceChildren(...transcript.draw(new Set(turnsHere().map(({ run }) => run.runId))));
  byId('older').hidden = !transcript.hasOlder;
}

async function ask(content) {
  const { threadId } = thread;
  const { addresses, images } = pictures.take(content);
  const question = drawQuestion(content, addresses);
  const sent = await images;
  const message = { id: uuidV7(), role: 'user', content, ...(sent.length > 0 ? { images: sent } : {}) };
  if (threadId === thread.threadId) {
    byId('welcome').hidden = true;
    setThreadInAddress(threadId);
    messages.append(question);
    while (messages.childElementCount > mostMessages) {
      messages.firstElementChild.remove();
    }
  }

  answer(threadId, question, message);
}

function answer(threadId, question, message) {
  const run = client.run({
    threadId,
    messages: [message],
    ...choices.wishes,
    ...(choices.askUser ? { tools: OwnTools.offered } : {}),
  });
  const turn = begin({ threadId, question, message, run, view: new AnswerView() });
  addPendingRun({ userId, threadId, runId: run.runId, content: message.content });
  if (client.state !== 'open') {
    turn.view.hint = text('waitingForConnection');
  }

  byId('error-notice').hidden = true;
  say('answering');
  follow.toEnd();
}

/** Goes on with what was under way when the page was left. */
function resume({ threadId, runId, content }) {
  if (turnsHere().some(({ run }) => run.runId === runId)) {
    return;
  }

  const question = drawQuestion(content);
  messages.append(question);
  begin({ threadId, question, resumed: true, run: client.attach(runId), view: new AnswerView() });
}

function begin(turn) {
  const { threadId, run, view } = turn;
  const tools = new OwnTools(view, (toolCallId, content, isError) => run.answerTool(toolCallId, content, { isError }));
  turns.push(turn);
  if (isHere(turn)) {
    messages.append(view.node);
  }

  if (turn.message) {
    run.accepted.then(({ traceId }) => accepted(turn, traceId), () => {}); // how it ended tells why it was not
  }

  followRun(turn, tools);
  showRunning();
  return turn;
}

function accepted({ threadId, message, view }, traceId) {
  view.traceId = traceId;
  list.put({ title: message.content.slice(0, longestTitle), ...list.find(threadId), threadId, updatedAt: new Date().toISOString() }, { first: true });
  if (threadId === thread.threadId) {
    list.current = threadId;
    showThread();
  }
}

async function followRun(turn, tools) {
  try {
    for await (const event of turn.run) {
      turn.view.take(event);
      tools.take(event);
      takeForThread(turn, event);
    }
  } catch (error) {
    if (!(error instanceof StreamChatError)) {
      reportError(error); // ours; a run that failed is told of below
    }
  }

  end(turn, outcomeOf(await turn.run.done));
}

/** How a run ended, as the page shows it. */
function outcomeOf({ state, error }) {
  if (state !== 'failed') {
    return { state: state === 'finished' ? 'done' : state };
  }

  const { code, message, retryable } = error;
  return error instanceof ConnectionError ? { state, code: 'lost', retryable: true } : { state, code, message, retryable };
}

/** What an event says about the thread as a whole. */
function takeForThread(turn, { type, stepName, snapshot, delta }) {
  const { threadId } = turn;
  if (type === 'STEP_STARTED') {
    if (list.find(threadId)) {
      list.put({ threadId, agent: stepName });
    }

    agent = isHere(turn) ? stepName : agent;
    showThread();
  } else if (type === 'STATE_SNAPSHOT' || type === 'STATE_DELTA') {
    turn.saidContext = true;
    if (type === 'STATE_SNAPSHOT') {
      contexts.set(threadId, snapshot);
    } else {
      contexts.patch(threadId, delta);
    }

    if (isHere(turn)) {
      panel.set(contexts.of(threadId));
    }
  }
}

function end(turn, outcome) {
  removePendingRun(turn.run.runId);
  if (turn.resumed && outcome.code === 'not_found') {
    turns = turns.filter((other) => other !== turn);
    turn.question.remove();
    turn.view.node.remove();
    if (isHere(turn) && stored.childElementCount > 0) {
      showStored();
    }
  } else {
    turn.view.end(outcome, turn.message ? () => retry(turn) : null);
  }

  if (isHere(turn)) {
    say({ done: 'stateDone', cancelled: 'stateCancelled', failed: 'stateFailed' }[outcome.state]);
    follow.settle();
  } else {
    turns = turns.filter((other) => other !== turn);
  }

  showRunning();
  list.refresh().then(showThread);
}

function retry(turn) {
  if (running().length === 0) {
    turns = turns.filter((other) => other !== turn);
    turn.view.node.remove();
    messages.append(turn.question); // it is asked anew, after whatever came in between
    answer(turn.threadId, turn.question, turn.message);
    restFocus();
  }
}

function submit(content) {
  composer.clear();
  ask(content);
}

function cancel() {
  const under = running();
  for (const { run } of under) {
    run.cancel();
  }

  if (under.length > 0) {
    say('stopping');
    showRunning();
  }
}

function newConversation() {
  setThreadInAddress(null);
  show(null);
  closeSides();
  restFocus();
}

function goTo(threadId) {
  setThreadInAddress(threadId);
  show(threadId);
  closeSides();
  byId('scroller').focus({ preventScroll: true });
}

function changeUser() {
  const id = userField.value.trim();
  if (id === '' || id === loadUserId()) {
    userField.value = loadUserId();
    return;
  }

  // A conversation belongs to its user, so another user begins another one.
  saveUserId(id);
  userField.value = id;
  open(id);
  newConversation();
}

/** What of the thread is shown that is not yet read from the store. */
function turnsHere() {
  return turns.filter(isHere);
}

function isHere(turn) {
  return turn.threadId === thread.threadId;
}

function running() {
  return turnsHere().filter(({ run }) => !run.ended);
}

async function loadCatalog() {
  if (performance.now() - catalogAt < catalogHoldsMs) {
    return;
  }

  const asked = api;
  catalogAt = performance.now();
  try {
    const catalog = await asked.catalog();
    if (asked === api) {
      choices.catalog = catalog;
      showThread();
    }
  } catch {
    catalogAt = -Infinity; // there is nothing to choose until it can be had; asked for again with the next connection
  }
}

function showConnection({ state: now, reason: why }) {
  const state = now === 'waiting' ? 'closed' : now;
  const reason = now === 'waiting' ? 'lost' : why && why !== 'idle' ? 'policy' : why;
  const pill = byId('connection-state');
  const wasLost = !byId('connection-notice').hidden;
  pill.dataset.state = state;
  setText(pill, state);
  if (state === 'open' || (state === 'closed' && !reason)) {
    byId('connection-notice').hidden = true;
  } else if (state === 'closed') {
    setText(showNotice('connection-notice'), reason);
  } else if (wasLost) {
    setText(showNotice('connection-notice'), 'reconnecting');
  }

  if (state === 'open') {
    loadCatalog();
  }

  for (const { view } of running()) {
    view.hint = state === 'open' ? '' : text('waitingForConnection');
  }
}

/** Uncovers a notice; what it is to say goes into what comes back. */
function showNotice(id) {
  const notice = byId(id);
  notice.hidden = false;
  return notice.firstElementChild;
}

function showThread() {
  const known = { ...thread, ...list.find(thread.threadId) };
  const name = agent ?? known.agent ?? null;
  const described = choices.catalog.agents?.find((other) => other.name === name);
  bar.show({ thread: known, begun: transcript !== null || turnsHere().length > 0, agent: name === null ? null : { name, ...described } });
}

function showRunning() {
  const hadFocus = document.activeElement === stop;
  const under = running();
  const stopping = under.length > 0 && under.every(({ run }) => run.cancelling);
  follow.active = under.length > 0;
  byId('composer').classList.toggle('running', under.length > 0);
  stop.hidden = under.length === 0;
  stop.disabled = stopping;
  stop.ariaLabel = stop.title = text(stopping ? 'stopping' : 'stop');
  userField.readOnly = turns.some(({ run }) => !run.ended);
  list.busy = new Set(turns.filter(({ run }) => !run.ended).map(({ threadId }) => threadId));
  if (hadFocus && stop.hidden) {
    restFocus();
  }
}

function askExample(content) {
  ask(content);
  restFocus();
}

function closeSides() {
  for (const side of document.querySelectorAll('.side:popover-open')) {
    side.hidePopover();
  }
}

function touch() {
  return !matchMedia('(hover: hover)').matches;
}

/** Where the focus goes when what had it is gone; a touch screen would put its keyboard over the answer for the message box. */
function restFocus() {
  (touch() ? byId('scroller') : input).focus({ preventScroll: true });
}

function say(key) {
  byId('status').textContent = text(key);
}

/** Somebody is about to need the connection. */
function wake() {
  if (client.state !== 'open') {
    client.connect();
  }
}

/** The connection may have died without a word while nobody looked. */
function lookAfter() {
  if (client.state === 'open') {
    client.wake();
  } else {
    client.connect();
  }
}

input.addEventListener('focus', wake);
for (const side of document.querySelectorAll('.side')) {
  // the browser gives the focus back only when it is inside; a list drawn anew may have lost it
  side.addEventListener('toggle', ({ newState }) => {
    if (newState === 'closed' && document.activeElement === document.body) {
      document.querySelector(`[popovertarget="${side.id}"]:not(.side-close)`)?.focus();
    }
  });
}

onLanguageChange(() => {
  showRunning();
  showThread();
});
document.addEventListener('keydown', (event) => {
  // an open menu or dialog takes the key for itself
  if (event.key === 'Escape' && !event.isComposing && !document.querySelector(':popover-open, dialog[open]')) {
    cancel();
  }
});
document.addEventListener('visibilitychange', () => !document.hidden && lookAfter());
window.addEventListener('online', lookAfter);
window.addEventListener('popstate', () => show(threadInAddress()));
list.addEventListener('open', ({ detail }) => goTo(detail));
menu.addEventListener('changed', ({ detail }) => {
  list.put(detail);
  if (detail.threadId === thread.threadId) {
    thread = { ...thread, ...detail };
  }

  showThread();
});
menu.addEventListener('removed', ({ detail }) => {
  list.remove(detail.threadId);
  if (detail.threadId === thread.threadId) {
    newConversation();
  }
});
menu.addEventListener('failed', ({ detail }) => {
  setText(showNotice('error-notice'), detail.status === 409 ? 'error_conflict' : detail.retryable ? 'error_unavailable' : 'error_other');
});
stop.addEventListener('click', cancel);
userField.addEventListener('change', changeUser);
userField.addEventListener('keydown', ({ key }) => key === 'Enter' && userField.blur());
byId('new-thread').addEventListener('click', newConversation);
byId('older').addEventListener('click', readTranscript);
byId('history-notice').querySelector('button').addEventListener('click', readTranscript);
byId('latest').addEventListener('click', () => {
  follow.toEnd();
  restFocus();
});
byId('connection-notice').querySelector('button').addEventListener('click', wake);
byId('error-notice').querySelector('button').addEventListener('click', () => {
  byId('error-notice').hidden = true;
});
for (const query of ['(min-width: 60rem)', '(min-width: 84rem)']) {
  // what is a drawer in a narrow window has its own place in a wide one
  matchMedia(query).addEventListener('change', closeSides);
}
