import { element } from './dom.js';
import { text } from './texts.js';

/** The checks of what the user said that were made at one place: a row of badges. What was passed is quiet, what failed says why at once. */
export class Guardrails {
  #known = new Map();

  node = element('div', { className: 'guardrails', role: 'group', ariaLabel: text('guardrails'), dataset: { label: 'guardrails' } });

  /** Whether the check is one of this row's. */
  has(id) {
    return this.#known.has(id);
  }

  /** Adds a check, or shows anew what became of it. */
  put({ id, name, input, reasoning, passed }) {
    const badge = element(
      'details',
      { className: 'guardrail', open: passed !== true, dataset: { testid: 'guardrail', guardrail: name, passed: String(passed === true) } },
      element(
        'summary',
        {},
        element('span', { className: 'guardrail-icon', ariaHidden: 'true' }),
        text(`guardrail_${name}`) ? words('span', `guardrail_${name}`) : element('span', {}, name),
        words('span', passed === true ? 'guardrailPassed' : 'guardrailFailed', passed === true ? 'visually-hidden' : 'guardrail-state'),
      ),
      element(
        'dl',
        {},
        ...(reasoning ? [words('dt', 'guardrailReasoning'), element('dd', {}, String(reasoning))] : []),
        ...(input ? [words('dt', 'guardrailInput'), element('dd', {}, String(input))] : []),
      ),
    );
    const before = this.#known.get(id);
    if (before) {
      before.replaceWith(badge);
    } else {
      this.node.append(badge);
    }

    this.#known.set(id, badge);
  }
}

function words(name, key, className = '') {
  return element(name, { className, dataset: { text: key } }, text(key));
}
