import { element } from './dom.js';
import { text } from './texts.js';

/** A panel of numbers with their names. `rows`: `[key, format]`, the key being that of the text too; '–' until there is a number. */
export class StatisticsPanel {
  #values = new Map();

  constructor(rows) {
    this.node = element('dl', { className: 'statistics' });
    for (const [key, format] of rows) {
      const shown = element('dd', { dataset: { testid: `stat-${key}` } });
      this.#values.set(key, { value: null, shown, format });
      this.node.append(element('div', {}, element('dt', { dataset: { text: key } }, text(key)), shown));
      this.set(key, null);
    }
  }

  set(key, value) {
    const row = this.#values.get(key);
    row.value = value;
    row.shown.textContent = value === null ? '–' : row.format(value);
    row.shown.title = row.shown.textContent;
    row.shown.dataset.value = value === null ? '' : String(value);
  }

  add(key, value = 1) {
    this.set(key, (this.#values.get(key).value ?? 0) + value);
  }

  reset() {
    for (const key of this.#values.keys()) {
      this.set(key, null);
    }
  }
}
