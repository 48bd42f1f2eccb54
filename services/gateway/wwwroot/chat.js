import { AnswerView } from './kit/answer-view.js';
import { Composer } from './kit/composer.js';
import { element } from './kit/dom.js';
import { Follow } from './kit/follow.js';
import { NativeClient } from './kit/native-client.js';
import { mountMenu } from './kit/page-header.js';
import { applyTexts, errorText, language, onLanguageChange, setText, text } from './kit/texts.js';
import { loadUserId, saveUserId } from './kit/user.js';
import { uuidV7 } from './kit/uuid.js';

const mostMessages = 400;
const exampleTexts = {
  en: [
    'What is 12.5% of 1,847, and what time is it in Tokyo?',
    '北京现在几点？',
    'My name is Alex and I live in Lisbon. What is my name?',
    'I have been sleeping badly. What could help?',
  ],
  zh: [
    '北京现在几点？',
    'What is 12.5% of 1,847, and what time is it in Tokyo?',
    '我叫小林，住在杭州。我叫什么名字？',
    '我最近睡得不好，有什么办法吗？',
  ],
};

const byId = (id) => document.getElementById(id);
const composer = new Composer(byId('composer'), submit);
const input = composer.input;
const stop = byId('stop');
const userField = byId('user-id');
const messages = byId('messages');
const follow = new Follow(byId('scroller'), byId('content'), (following) => {
  byId('latest').hidden = following;
});

let client;
let threadId = uuidV7();
let current = null; // {run, view} while an answer is under way

mountMenu(byId('site'));
applyTexts();
userField.value = loadUserId();
showExamples();
open(userField.value);
if (!touch()) {
  input.focus({ preventScroll: true }); // at the start nothing had the focus: a touch screen needs none
}

function open(userId) {
  client?.close();
  client = new NativeClient({ userId });
  client.addEventListener('state', ({ detail }) => showConnection(detail));
  client.addEventListener('error', ({ detail }) => {
    showNotice('error-notice').textContent = errorText(detail);
    showRunning();
  });
  client.connect();
}

function ask(content) {
  const message = { id: uuidV7(), role: 'user', content };
  byId('welcome').hidden = true;
  messages.append(element(
    'article',
    { className: 'question', ariaLabel: text('you'), dataset: { testid: 'user-message' } },
    content,
  ));
  while (messages.childElementCount > mostMessages) {
    messages.firstElementChild.remove();
  }

  answer(message);
}

function answer(message) {
  const view = new AnswerView();
  messages.append(view.node);
  const run = client.run({ threadId, messages: [message] });
  current = { run, view };
  if (client.state !== 'open') {
    view.hint = text('waitingForConnection');
  }

  run.addEventListener('accepted', ({ detail }) => {
    view.traceId = detail.traceId;
    if (current?.run === run) {
      threadId = detail.threadId;
    }
  });
  run.addEventListener('event', ({ detail }) => view.take(detail));
  run.addEventListener('end', ({ detail }) => {
    view.end(detail, () => retry(view, message));
    if (current?.run === run) {
      current = null;
      say({ done: 'stateDone', cancelled: 'stateCancelled', failed: 'stateFailed' }[detail.state]);
      showRunning();
      follow.settle();
    }
  });

  byId('error-notice').hidden = true;
  say('answering');
  showRunning();
  follow.toEnd();
}

function retry(view, message) {
  if (!current) {
    view.node.remove();
    answer(message);
    restFocus();
  }
}

function submit(content) {
  if (!current) {
    composer.clear();
    ask(content);
  }
}

function cancel() {
  if (current) {
    client.cancel(current.run.runId);
    say('stopping');
    showRunning();
  }
}

function newConversation() {
  const running = current;
  current = null;
  if (running) {
    client.cancel(running.run.runId);
  }

  threadId = uuidV7();
  messages.replaceChildren();
  byId('welcome').hidden = false;
  byId('error-notice').hidden = true;
  byId('status').textContent = '';
  showRunning();
  follow.settle();
  restFocus();
}

function changeUser() {
  const userId = userField.value.trim();
  if (userId === '' || userId === loadUserId()) {
    userField.value = loadUserId();
    return;
  }

  // A conversation belongs to its user, so another user begins another one.
  saveUserId(userId);
  userField.value = userId;
  newConversation();
  open(userId);
}

function showConnection({ state, reason }) {
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

  if (current) {
    current.view.hint = state === 'open' ? '' : text('waitingForConnection');
  }
}

/** Uncovers a notice; what it is to say goes into what comes back. */
function showNotice(id) {
  const notice = byId(id);
  notice.hidden = false;
  return notice.firstElementChild;
}

function showRunning() {
  const hadFocus = document.activeElement === stop;
  const stopping = current?.run.cancelling === true;
  follow.active = current !== null;
  composer.send.hidden = current !== null;
  stop.hidden = current === null;
  stop.disabled = stopping;
  stop.ariaLabel = stop.title = text(stopping ? 'stopping' : 'stop');
  userField.readOnly = current !== null;
  if (hadFocus) {
    restFocus();
  }
}

function showExamples() {
  const buttons = exampleTexts[language].map((content) =>
    element(
      'button',
      { type: 'button', className: 'example', onclick: () => askExample(content), dataset: { testid: 'example' } },
      content,
    ));
  byId('examples').replaceChildren(...buttons);
}

function askExample(content) {
  if (!current) {
    ask(content);
    restFocus();
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

function wake() {
  if (client.state === 'closed') {
    client.connect();
  }
}

input.addEventListener('focus', wake);
onLanguageChange(() => {
  showExamples();
  showRunning();
});
document.addEventListener('keydown', (event) => {
  // an open menu takes the key for itself
  if (event.key === 'Escape' && !event.isComposing && !document.querySelector(':popover-open')) {
    cancel();
  }
});
document.addEventListener('visibilitychange', () => !document.hidden && wake());
window.addEventListener('online', wake);
stop.addEventListener('click', cancel);
userField.addEventListener('change', changeUser);
userField.addEventListener('keydown', ({ key }) => key === 'Enter' && userField.blur());
byId('new-thread').addEventListener('click', newConversation);
byId('latest').addEventListener('click', () => {
  follow.toEnd();
  restFocus();
});
byId('connection-notice').querySelector('button').addEventListener('click', wake);
byId('error-notice').querySelector('button').addEventListener('click', () => {
  byId('error-notice').hidden = true;
});
