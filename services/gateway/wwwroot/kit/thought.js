import { element } from './dom.js';
import { setText } from './texts.js';

/** What a model thought before it spoke: folded away, for those who want to know. */
export class Thought {
  #title = element('span');
  #body = element('p', { className: 'thought-text' });

  constructor() {
    this.node = element('details', { className: 'thought', dataset: { testid: 'thought', state: 'running' } }, element('summary', {}, this.#title), this.#body);
    setText(this.#title, 'thinking');
  }

  write(text) {
    this.#body.append(text);
  }

  end() {
    this.node.dataset.state = 'done';
    setText(this.#title, 'thought');
    this.#body.normalize();
  }
}
