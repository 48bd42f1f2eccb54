import { element } from './dom.js';
import { FrameLog } from './frame-log.js';
import { parsed } from './json-text.js';
import { bytes, count, duration, milliseconds, tenth } from './numbers.js';
import { RawEditor } from './raw-editor.js';
import { RawSocket } from './raw-socket.js';
import { StatisticsPanel } from './statistics-panel.js';
import { setText, text } from './texts.js';

const byId = (id) => document.getElementById(id);
const rows = [
  ['framesSent', count],
  ['framesReceived', count],
  ['bytesSent', bytes],
  ['bytesReceived', bytes],
  ['answers', count],
  ['faults', count],
  ['firstToken', milliseconds],
  ['duration', milliseconds],
  ['speed', (value) => `${tenth(value)} ${text('rateUnit')}`],
  ['latency', milliseconds],
  ['reconnects', count],
  ['connectedFor', duration],
];

/**
 * What every test page has: a connection with its state, the statistics, the log of frames and the editor of raw frames. The
 * page has `#connection` with `#connection-form`, `#connect` and `#disconnect`, `#panels` for the rest, and the header.
 *
 * Options: `addressOf()` tells where to connect, or null if the form lacks something; `kindOf(frame)` names a frame for the
 * log; `isFault(frame)` tells whether it reports a fault; `templates` are frames for the editor.
 *
 * Events: `open`; `closed`; `frame` (`detail`: the frame that came, parsed, and `at`).
 */
export class Bench extends EventTarget {
  #socket = new RawSocket();
  #log = new FrameLog();
  #said = element('span');
  #detail = element('span');
  #notice = element(
    'div',
    { className: 'notice warning', role: 'alert', hidden: true, dataset: { testid: 'notice' } },
    element('p', {}, this.#said, ' ', this.#detail),
    element('button', { type: 'button', className: 'button small', dataset: { text: 'dismiss' }, onclick: () => this.hideNotice() }),
  );
  #options;
  #openedAt = null;
  #everOpened = false;

  /** The last frame sent, as it was sent. */
  lastSent = null;

  constructor(options) {
    super();
    this.#options = options;
    this.statistics = new StatisticsPanel(rows);
    byId('panels').append(
      panel('statistics', this.statistics.node),
      panel('log', this.#log.node),
      panel('raw', new RawEditor(options.templates, (data) => this.sendRaw(data)).node),
    );
    byId('connection').append(this.#notice);
    this.#socket.addEventListener('state', ({ detail }) => this.#show(detail));
    this.#socket.addEventListener('frame', ({ detail }) => this.#note(detail));
    byId('connection-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#connect();
    });
    byId('disconnect').addEventListener('click', () => this.#socket.close());
    setInterval(() => this.#tick(), 1_000);
    this.#show({ state: 'closed' });
    this.#resetStatistics();
  }

  get open() {
    return this.#socket.state === 'open';
  }

  /** Sends a frame of the protocol; says so and returns false where nothing is connected. */
  send(frame) {
    return this.sendRaw(JSON.stringify(frame));
  }

  sendRaw(data) {
    const sent = this.#socket.send(data);
    if (sent) {
      this.lastSent = data;
    } else {
      this.notify('notConnected');
    }

    return sent;
  }

  /** Tells something that went wrong: a text of ours by its key, and what a server said about it. */
  notify(key, detail = '') {
    setText(this.#said, key);
    this.#detail.textContent = detail;
    this.#notice.hidden = false;
  }

  hideNotice() {
    this.#notice.hidden = true;
  }

  /** An answer has ended: its times. */
  answered({ timeToFirstToken, tokensPerSecond, total }) {
    this.statistics.add('answers');
    this.statistics.set('firstToken', timeToFirstToken);
    this.statistics.set('speed', tokensPerSecond);
    this.statistics.set('duration', total);
  }

  #connect() {
    const address = this.#options.addressOf();
    if (address === null) {
      return;
    }

    this.hideNotice();
    this.#everOpened = false;
    this.#resetStatistics();
    try {
      this.#socket.connect(address);
    } catch {
      this.notify('badAddress', String(address));
    }
  }

  #resetStatistics() {
    this.statistics.reset();
    for (const key of ['framesSent', 'framesReceived', 'bytesSent', 'bytesReceived', 'answers', 'faults', 'reconnects']) {
      this.statistics.set(key, 0);
    }
  }

  #show({ state, reason, code, retryInMs }) {
    const pill = byId('connection-state');
    pill.dataset.state = state;
    setText(pill, state);
    const busy = state !== 'closed' || retryInMs !== undefined;
    for (const field of byId('connection-form').querySelectorAll('[data-fixed]')) {
      field.readOnly = busy;
    }

    const hadFocus = [byId('connect'), byId('disconnect')].includes(document.activeElement);
    byId('connect').hidden = busy;
    byId('disconnect').hidden = !busy;
    if (hadFocus) {
      byId(busy ? 'disconnect' : 'connect').focus();
    }

    if (state === 'open') {
      this.#opened();
    } else if (state === 'closed') {
      this.#openedAt = null;
      if (reason) {
        this.notify(reason, code ? `(${code})` : '');
      }

      this.dispatchEvent(new Event('closed'));
    }
  }

  #opened() {
    this.hideNotice();
    this.#openedAt = performance.now();
    if (this.#everOpened) {
      this.statistics.add('reconnects');
    }

    this.#everOpened = true;
    this.#tick();
    this.dispatchEvent(new Event('open'));
  }

  #note({ sent, data, bytes: size, at }) {
    const frame = typeof data === 'string' ? parsed(data) : undefined;
    const isFrame = typeof frame === 'object' && frame !== null;
    const kind = isFrame ? String(this.#options.kindOf(frame)) : text(typeof data === 'string' ? 'kindText' : 'kindBinary');
    const bad = !sent && isFrame && this.#options.isFault(frame);
    this.#log.add({ sent, data, bytes: size, kind, bad });
    this.statistics.add(sent ? 'framesSent' : 'framesReceived');
    this.statistics.add(sent ? 'bytesSent' : 'bytesReceived', size);
    if (bad) {
      this.statistics.add('faults');
    }

    if (!sent && isFrame) {
      this.dispatchEvent(new CustomEvent('frame', { detail: { frame, at } }));
    }
  }

  #tick() {
    if (this.#openedAt !== null) {
      this.statistics.set('connectedFor', Math.floor((performance.now() - this.#openedAt) / 1000));
    }
  }
}

function panel(key, content) {
  const title = element('h3', { id: `${key}-title`, dataset: { text: key } });
  const node = element('section', { className: 'panel' }, title, content);
  node.setAttribute('aria-labelledby', title.id);
  return node;
}

/** Buttons in a row, `[key, action]`, the key being that of the text. */
export function actionButtons(...actions) {
  return actions.map(([key, action]) =>
    element('button', { type: 'button', className: 'button small', onclick: action, dataset: { text: key, testid: `action-${key}` } }, text(key)));
}
