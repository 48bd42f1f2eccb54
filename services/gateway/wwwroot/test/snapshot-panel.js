import { element } from '../kit/dom.js';
import { count } from '../kit/numbers.js';
import { StatisticsPanel } from '../kit/statistics-panel.js';
import { setText, text } from '../kit/texts.js';

const refreshMs = 200;
const mostShown = 100;

/** The latest snapshot of an answer in its parts. Painted a few times a second, which is all that an eye can follow. */
export class SnapshotPanel {
  #facts = new StatisticsPanel([
    ['currentAgent', String],
    ['rawResponse', count],
    ['finished', (value) => text(value ? 'yes' : 'no')],
    ['conversationId', String],
  ]);
  #sections = [
    section('messages', ({ messages }) => messages, ({ agent, content }) => [who(agent), element('p', {}, String(content))]),
    section('events', ({ events }) => events, ({ type, agent, content, metadata }) => [
      element('span', { className: 'what' }, type), ' ', who(agent), element('p', {}, String(content)), ...json(metadata)]),
    section('guardrails', ({ guardrails }) => guardrails, ({ name, input, reasoning, passed }) => [
      element('span', { className: 'what' }, name), ' ', who(text(passed ? 'passed' : 'tripped')), element('p', {}, [input, reasoning].filter(Boolean).join('\n'))]),
    section('context', ({ context }) => Object.entries(context ?? {}), ([name, value]) => [element('span', { className: 'what' }, name), ...json(value)]),
    section('agents', ({ agents }) => agents, ({ name, description, tools }) => [
      element('span', { className: 'what' }, name), element('p', {}, description ?? ''), ...json(tools)]),
  ];
  #snapshot = null;
  #timer = null;

  constructor() {
    this.#facts.node.classList.add('snapshot-facts');
    this.node = element('div', {}, this.#facts.node, ...this.#sections.map(({ node }) => node));
  }

  show(snapshot) {
    this.#snapshot = snapshot;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#paint();
    }, refreshMs);
  }

  #paint() {
    const snapshot = this.#snapshot;
    this.#facts.set('currentAgent', snapshot.current_agent ?? null);
    this.#facts.set('rawResponse', [...(snapshot.raw_response ?? '')].length);
    this.#facts.set('finished', snapshot.is_finished === true);
    this.#facts.set('conversationId', snapshot.conversation_id ?? null);
    for (const part of this.#sections) {
      part.show(snapshot);
    }
  }
}

/** A part that folds, with the number of its items; the items are made while it is open. */
function section(key, itemsOf, contentOf) {
  const number = element('span', { className: 'count' });
  const list = element('ol', { className: 'items' });
  const title = element('span', {});
  const node = element('details', { className: 'fold', dataset: { testid: `snapshot-${key}` } }, element('summary', {}, title, number), list);
  setText(title, key);
  let items = [];
  let painted = '';
  node.addEventListener('toggle', paint);
  return {
    node,
    show(snapshot) {
      items = itemsOf(snapshot) ?? [];
      number.textContent = String(items.length);
      paint();
    },
  };

  function paint() {
    const content = node.open ? JSON.stringify(items) : '';
    if (content === painted) {
      return;
    }

    painted = content;
    const shown = node.open ? items.slice(-mostShown) : [];
    list.replaceChildren(...shown.map((item) => element('li', { dataset: { passed: String(item.passed) } }, ...contentOf(item))));
  }
}

function who(name) {
  return element('span', { className: 'who' }, String(name ?? ''));
}

function json(value) {
  return value === null || value === undefined ? [] : [element('pre', { tabIndex: 0 }, JSON.stringify(value, null, 1))];
}
