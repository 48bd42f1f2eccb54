import { element } from './dom.js';
import { pretty } from './json-text.js';

/** A box for a frame of any content, right or wrong, as text or as bytes. `templates`: frames to start from, by kind. */
export class RawEditor {
  #input = element('textarea', { className: 'raw', rows: 7, spellcheck: false, autocomplete: 'off', dataset: { label: 'rawFrame', testid: 'raw-frame' } });
  #binary = element('input', { type: 'checkbox', dataset: { testid: 'raw-binary' } });
  #templates = element('select', { dataset: { label: 'rawTemplate', testid: 'raw-template' } });

  constructor(templates, onSend) {
    this.#templates.append(...templates.map((frame, index) => element('option', { value: index }, frame.content?.command ? `command ${frame.content.command}` : frame.type)));
    const format = element('button', { type: 'button', className: 'button small', dataset: { text: 'rawFormat' } });
    this.node = element(
      'form',
      { className: 'raw-editor' },
      element('div', { className: 'tools' }, this.#templates, format),
      this.#input,
      element(
        'div',
        { className: 'tools' },
        element('label', { className: 'check' }, this.#binary, element('span', { dataset: { text: 'rawBinary' } })),
        element('button', { type: 'submit', className: 'button strong', dataset: { text: 'rawSend', testid: 'raw-send' } }),
      ),
    );
    this.#templates.addEventListener('input', () => this.#fill(templates));
    format.addEventListener('click', () => {
      this.#input.value = pretty(this.#input.value);
    });
    this.node.addEventListener('submit', (event) => {
      event.preventDefault();
      onSend(this.#binary.checked ? new TextEncoder().encode(this.#input.value) : this.#input.value);
    });
    this.#fill(templates);
  }

  #fill(templates) {
    this.#input.value = JSON.stringify(templates[Number(this.#templates.value)], null, 2);
  }
}
