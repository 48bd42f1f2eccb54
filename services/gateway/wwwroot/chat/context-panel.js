import { element } from '../kit/dom.js';

const mostChips = 100;
const longestValue = 300;

/** What is known of the thread's user and situation, as chips in a panel of its own; the button that opens it tells how much. */
export class ContextPanel {
  #chips = document.getElementById('context-chips');
  #opener = document.getElementById('context-opener');
  #count = document.getElementById('context-count');

  /** The whole context, a JSON object, or undefined for none. */
  set(context) {
    const all = typeof context === 'object' && context !== null ? [...leaves(context)] : [];
    const shown = all.slice(0, mostChips);
    this.#chips.replaceChildren(...shown.map(([name, value]) => element(
      'div',
      { className: 'chip', dataset: { testid: 'context-chip', name } },
      element('dt', {}, name),
      element('dd', {}, value),
    )));
    this.#count.textContent = String(all.length);
    this.#opener.hidden = all.length === 0;
    document.body.classList.toggle('with-context', all.length > 0);
  }
}

/** Names and values; members of objects by their way from the top, lists of plain values in one. */
function* leaves(value, name = '') {
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item !== 'object' || item === null)) {
    yield [name, cut(value.map(String).join(', '))];
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) {
      yield* leaves(child, name === '' ? key : `${name}.${key}`);
    }
  } else if (value !== null && value !== '') {
    yield [name, cut(String(value))];
  }
}

function cut(value) {
  return value.length > longestValue ? `${value.slice(0, longestValue)}…` : value;
}
