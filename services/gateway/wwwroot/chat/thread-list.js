import { drawn, element } from '../kit/dom.js';
import { shortMoment } from '../kit/numbers.js';
import { language, onLanguageChange, setText, text } from '../kit/texts.js';
import { hashOf } from './thread-address.js';

const pageSize = 30;

/** The user's threads beside the conversation, the one used last first. Events: `open` (`detail`: the thread's id). */
export class ThreadList extends EventTarget {
  #api = null;
  #menu;
  #threads = [];
  #next = null;
  #current = null;
  #busy = new Set();
  #reading = 0;
  #list = document.getElementById('thread-list');
  #hint = document.getElementById('threads-hint');
  #more = document.getElementById('threads-more');
  #retry = document.getElementById('threads-retry');

  constructor(menu) {
    super();
    this.#menu = menu;
    this.#more.addEventListener('click', () => this.#read(this.#next));
    this.#retry.addEventListener('click', () => this.refresh());
    onLanguageChange(() => this.#draw());
  }

  /** Shows the threads of another user. */
  set api(value) {
    this.#api = value;
    this.#threads = [];
    this.#next = null;
    this.#draw();
    this.refresh();
  }

  /** The thread that the conversation is about. */
  set current(threadId) {
    this.#current = threadId;
    this.#draw();
  }

  /** The threads in which an answer is under way. */
  set busy(threadIds) {
    if (threadIds.size !== this.#busy.size || [...threadIds].some((threadId) => !this.#busy.has(threadId))) {
      this.#busy = threadIds;
      this.#draw();
    }
  }

  find(threadId) {
    return this.#threads.find((thread) => thread.threadId === threadId);
  }

  /** Reads the newest threads anew; those further down that were read before stay. */
  refresh() {
    return this.#read(null);
  }

  /** Changes what is known of a thread, which goes to the top when it is new or `first`. */
  put(thread, { first = false } = {}) {
    const known = this.find(thread.threadId);
    const changed = { ...known, ...thread };
    if (!known || first) {
      this.#threads = [changed, ...this.#threads.filter((other) => other !== known)];
    } else {
      this.#threads[this.#threads.indexOf(known)] = changed;
    }

    this.#draw();
  }

  remove(threadId) {
    this.#threads = this.#threads.filter((thread) => thread.threadId !== threadId);
    this.#draw();
  }

  async #read(after) {
    const reading = ++this.#reading;
    const api = this.#api;
    this.#retry.hidden = true;
    this.#more.disabled = true;
    if (this.#threads.length === 0) {
      this.#say('threadsLoading');
    }

    try {
      const { threads, next } = await api.threads({ limit: pageSize, after });
      if (reading !== this.#reading) {
        return;
      }

      this.#take(threads, next ?? null, after);
      this.#say(this.#threads.length === 0 ? 'threadsEmpty' : null);
    } catch (error) {
      if (reading === this.#reading) {
        this.#say('threadsFailed');
        this.#retry.hidden = !(error.retryable ?? true);
      }
    } finally {
      if (reading === this.#reading) {
        this.#more.disabled = false;
        this.#draw();
      }
    }
  }

  #take(threads, next, after) {
    const ids = new Set(threads.map(({ threadId }) => threadId));
    const others = this.#threads.filter(({ threadId }) => !ids.has(threadId));
    if (after !== null) {
      this.#threads = [...others, ...threads];
      this.#next = next;
    } else if (this.#threads.length > pageSize && next !== null) {
      this.#threads = [...threads, ...others];
    } else {
      this.#threads = threads;
      this.#next = next;
    }
  }

  #draw() {
    const focused = document.activeElement?.closest?.('[data-thread]')?.dataset.thread;
    const onButton = document.activeElement?.localName === 'button';
    this.#list.replaceChildren(...this.#threads.map((thread) => this.#item(thread)));
    this.#more.hidden = this.#next === null;
    if (this.#threads.length > 0 && this.#hint.dataset.text === 'threadsEmpty') {
      this.#say(null);
    }

    if (focused) {
      const item = [...this.#list.children].find(({ dataset }) => dataset.thread === focused) ?? this.#list.firstElementChild;
      item?.querySelector(onButton ? 'button' : 'a').focus();
    }
  }

  #item(thread) {
    const title = thread.title ?? text('untitled');
    const link = element(
      'a',
      { href: hashOf(thread.threadId), title },
      element('span', { className: 'thread-name' }, title),
      element('time', { dateTime: thread.updatedAt }, shortMoment(thread.updatedAt, language)),
    );
    link.addEventListener('click', (event) => {
      // a new tab or window is the browser's matter
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        this.dispatchEvent(new CustomEvent('open', { detail: thread.threadId }));
      }
    });
    if (thread.threadId === this.#current) {
      link.ariaCurrent = 'page';
    }

    const dots = drawn('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, drawn('path', { d: 'M6 12h.01M12 12h.01M18 12h.01' }));
    const options = element(
      'button',
      { type: 'button', className: 'icon-button', ariaLabel: `${text('threadOptions')}: ${title}`, title: text('threadOptions'), dataset: { testid: 'thread-item-options' } },
      dots,
    );
    this.#menu.attach(options, () => thread);
    const item = element('li', { dataset: { testid: 'thread', thread: thread.threadId } }, link, options);
    item.classList.toggle('busy', this.#busy.has(thread.threadId));
    return item;
  }

  #say(key) {
    this.#hint.hidden = key === null;
    if (key !== null) {
      setText(this.#hint, key);
    }
  }
}
