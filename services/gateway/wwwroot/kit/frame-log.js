import { element } from './dom.js';
import { Follow } from './follow.js';
import { pretty } from './json-text.js';
import { bytes as byteText, timeOfDay } from './numbers.js';
import { setText, text } from './texts.js';

const mostFrames = 500;
const mostCharacters = 4_000_000;
const previewLength = 160;

/**
 * All frames of a connection as they go, with direction, kind, time and size; one unfolds into its JSON. Can be narrowed to
 * a direction, a kind and a word. Bounded: the oldest go. Painted once per animation frame, however many come.
 */
export class FrameLog {
  #entries = [];
  #characters = 0;
  #pending = [];
  #scheduled = false;
  #kinds = new Map();
  #list = element('ol', { className: 'frames', dataset: { testid: 'frames' } });
  #empty = element('p', { className: 'hint', dataset: { text: 'logEmpty' } });
  #scroller = element('div', { className: 'frames-scroll', tabIndex: 0, role: 'region', dataset: { label: 'log' } }, this.#empty, this.#list);
  #direction = choice('logDirection', 'frame-direction', [['', 'logAll'], ['sent', 'logSent'], ['received', 'logReceived']]);
  #kind = choice('logKind', 'frame-kind', [['', 'logAllKinds']]);
  #word = element('input', { type: 'search', autocomplete: 'off', spellcheck: false, dataset: { label: 'logSearch', placeholder: 'logSearch', testid: 'frame-search' } });
  #pause = element('button', { type: 'button', className: 'button small', dataset: { testid: 'frame-pause' } });
  #paused = false;
  #follow;

  constructor() {
    const clear = element('button', { type: 'button', className: 'button small', dataset: { text: 'logClear', testid: 'frame-clear' } });
    this.node = element(
      'div',
      { className: 'frame-log' },
      element('div', { className: 'tools' }, this.#direction, this.#kind, this.#word, this.#pause, clear),
      this.#scroller,
    );
    this.#follow = new Follow(this.#scroller, this.#list, () => {});
    this.#follow.active = true;
    for (const field of [this.#direction, this.#kind, this.#word]) {
      field.addEventListener('input', () => this.#filter());
    }

    clear.addEventListener('click', () => this.#clear());
    this.#pause.addEventListener('click', () => this.#setPaused(!this.#paused));
    this.#setPaused(false);
  }

  /** Notes a frame. `kind` is its name in the protocol; `bad` says that it reports a fault. */
  add({ sent, data, bytes, kind, bad = false }) {
    const content = typeof data === 'string' ? data : hex(data);
    this.#pending.push({ sent, content, bytes, kind, bad, time: new Date() });
    if (this.#pending.length > mostFrames) {
      this.#pending.shift(); // a hidden page paints nothing
    }

    if (!this.#scheduled) {
      this.#scheduled = true;
      requestAnimationFrame(() => this.#show());
    }
  }

  #show() {
    this.#scheduled = false;
    const entries = this.#pending.splice(0);
    if (this.#paused) {
      return;
    }

    for (const entry of entries) {
      entry.node = row(entry);
      entry.node.hidden = !this.#wanted(entry);
      this.#count(entry.kind);
      this.#entries.push(entry);
      this.#characters += entry.content.length;
    }

    this.#list.append(...entries.map(({ node }) => node));
    while (this.#entries.length > mostFrames || this.#characters > mostCharacters) {
      const oldest = this.#entries.shift();
      this.#characters -= oldest.content.length;
      oldest.node.remove();
    }

    this.#empty.hidden = true;
  }

  #count(kind) {
    const known = this.#kinds.get(kind);
    if (known) {
      known.count += 1;
    } else {
      this.#kinds.set(kind, { count: 1, option: element('option', { value: kind }) });
      this.#kind.append(this.#kinds.get(kind).option);
    }

    const { count, option } = this.#kinds.get(kind);
    option.textContent = `${kind} (${count})`;
  }

  #wanted({ sent, kind, content }) {
    const direction = this.#direction.value;
    const word = this.#word.value.toLowerCase();
    return (direction === '' || (direction === 'sent') === sent)
      && (this.#kind.value === '' || this.#kind.value === kind)
      && (word === '' || content.toLowerCase().includes(word));
  }

  #filter() {
    for (const entry of this.#entries) {
      entry.node.hidden = !this.#wanted(entry);
    }
  }

  #setPaused(paused) {
    this.#paused = paused;
    this.#pause.ariaPressed = String(paused);
    setText(this.#pause, paused ? 'logResume' : 'logPause');
  }

  #clear() {
    this.#entries = [];
    this.#characters = 0;
    this.#kinds.clear();
    this.#kind.value = '';
    this.#kind.replaceChildren(this.#kind.firstElementChild);
    this.#list.replaceChildren();
    this.#empty.hidden = false;
  }
}

function row({ sent, content, bytes, kind, bad, time }) {
  const direction = sent ? 'logSent' : 'logReceived';
  const body = element('pre', { tabIndex: 0 });
  const details = element(
    'details',
    {},
    element(
      'summary',
      {},
      element('span', { className: 'direction', dataset: { text: direction } }, text(direction)),
      element('span', { className: 'kind' }, kind),
      element('time', { dateTime: time.toISOString() }, timeOfDay(time)),
      element('span', { className: 'size' }, byteText(bytes)),
      element('span', { className: 'preview' }, content.slice(0, previewLength)),
    ),
    body,
  );
  // made when it is looked at: most never are
  details.addEventListener('toggle', () => {
    body.textContent = details.open ? pretty(content) : '';
  });
  return element('li', { className: 'frame', dataset: { direction: sent ? 'sent' : 'received', kind, bad: String(bad) } }, details);
}

function choice(label, testid, options) {
  return element(
    'select',
    { dataset: { label, testid } },
    ...options.map(([value, key]) => element('option', { value, dataset: { text: key } })),
  );
}

function hex(buffer) {
  return Array.from(new Uint8Array(buffer).subarray(0, 1024), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
