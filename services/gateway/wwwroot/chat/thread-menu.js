import { element } from '../kit/dom.js';
import { text } from '../kit/texts.js';
import { confirmed } from './dialogs.js';
import { placeMenu } from './menu-place.js';

const policies = ['enqueue', 'reject', 'interrupt'];

/**
 * What can be done with a thread, in a menu that any number of buttons open. Events: `changed` (`detail`: the thread as it is
 * now), `removed` (`detail`: the thread), `failed` (`detail`: the error).
 */
export class ThreadMenu extends EventTarget {
  #api;
  #thread = null;
  #opener = null;
  #policy = element('select', { id: 'thread-policy', dataset: { testid: 'thread-policy' } });
  #json = link('exportJson', 'export-json');
  #markdown = link('exportMarkdown', 'export-markdown');
  #menu;

  constructor() {
    super();
    this.#policy.append(...policies.map((policy) => words('option', `policy_${policy}`, { value: policy })));
    this.#policy.addEventListener('change', () => this.#change({ whenBusy: this.#policy.value }));
    const rename = words('button', 'rename', { type: 'button', onclick: () => this.#rename() }, 'rename');
    const remove = words('button', 'remove', { type: 'button', className: 'danger', onclick: () => this.#remove() }, 'remove');
    this.#menu = element(
      'div',
      { className: 'menu', popover: 'auto', dataset: { testid: 'thread-menu' } },
      rename,
      element('div', { className: 'menu-choice' }, words('label', 'whenBusy', { htmlFor: this.#policy.id }), this.#policy),
      this.#json,
      this.#markdown,
      remove,
    );
    for (const item of [this.#json, this.#markdown]) {
      item.addEventListener('click', () => this.#menu.hidePopover());
    }

    this.#menu.addEventListener('toggle', ({ newState }) => newState === 'open' && this.#opened());
    this.#menu.addEventListener('beforetoggle', ({ newState }) => newState === 'closed' && this.#closing());
    document.body.append(this.#menu);
  }

  /** Whose threads these are. */
  set api(value) {
    this.#api = value;
  }

  /** Lets a button open the menu for the thread that `thread()` tells at that time. */
  attach(button, thread) {
    button.popoverTargetElement = this.#menu;
    button.addEventListener('click', () => {
      this.#thread = thread();
      this.#opener = button;
    });
  }

  #opened() {
    const { threadId, whenBusy } = this.#thread;
    this.#policy.value = whenBusy ?? policies[0];
    this.#json.href = this.#api.exportUrl(threadId, 'json');
    this.#markdown.href = this.#api.exportUrl(threadId, 'markdown');
    placeMenu(this.#menu, this.#opener);
    this.#menu.querySelector('button').focus();
  }

  /** The browser gives the focus back by itself only where no other popover is open; before it goes, as the next key may come at once. */
  #closing() {
    if (document.activeElement === document.body || this.#menu.contains(document.activeElement)) {
      this.#opener.focus();
    }
  }

  async #rename() {
    const thread = this.#thread;
    this.#menu.hidePopover();
    const title = await confirmed({ title: text('renameTitle'), action: text('save'), value: thread.title ?? '', label: text('renameLabel') });
    if (title !== null && title !== thread.title) {
      await this.#change({ title }, thread);
    }
  }

  async #remove() {
    const thread = this.#thread;
    this.#menu.hidePopover();
    const sure = await confirmed({
      title: text('removeTitle'),
      message: text('removeText').replace('{title}', thread.title ?? text('untitled')),
      action: text('remove'),
      dangerous: true,
    });
    if (!sure) {
      return;
    }

    try {
      await this.#api.remove(thread.threadId);
    } catch (error) {
      if (error.status !== 404) {
        this.#emit('failed', error);
        return;
      }
    }

    this.#emit('removed', thread);
  }

  async #change(changes, thread = this.#thread) {
    try {
      const changed = await this.#api.change(thread.threadId, changes);
      this.#emit('changed', { ...thread, ...changes, ...changed });
    } catch (error) {
      this.#emit('failed', error);
    }
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function words(name, key, properties = {}, testid = key) {
  return element(name, { ...properties, dataset: { text: key, testid } }, text(key));
}

function link(key, testid) {
  return words('a', key, { download: '' }, testid);
}
