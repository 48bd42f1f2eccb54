import { text } from '../kit/texts.js';

/** The bar above the conversation: what the thread is called, who answers in it, and what can be done with it. */
export class ThreadBar {
  #title = document.getElementById('thread-title');
  #options = document.getElementById('thread-options');
  #agent = document.getElementById('current-agent');

  /**
   * `thread`: what is known of it, with `createdAt` or `updatedAt` once the server has it; `begun`: whether it is meant to
   * exist; `agent`: `{name, description?}` or null.
   */
  show({ thread, begun, agent }) {
    const isKnown = Boolean(thread.createdAt ?? thread.updatedAt);
    const title = thread.title ?? (isKnown ? text('untitled') : begun ? '' : text('newThread'));
    this.#title.textContent = title;
    this.#options.hidden = !isKnown;
    document.title = isKnown ? `${title} · StreamChat` : 'StreamChat';
    this.#agent.hidden = agent === null;
    this.#agent.textContent = agent?.name ?? '';
    this.#agent.title = [text('currentAgent'), agent?.description].filter(Boolean).join(': ');
  }
}
