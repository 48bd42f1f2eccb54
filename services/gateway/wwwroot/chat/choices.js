import { drawn, element } from '../kit/dom.js';
import { parsed } from '../kit/json-text.js';
import { recall, remember } from '../kit/storage.js';
import { onLanguageChange, text } from '../kit/texts.js';
import { placeMenu } from './menu-place.js';

/** What a request can wish for: where the names come from, and from how many on there is something to choose. */
const wishes = [
  { field: 'agent', list: 'agents', id: 'name', hint: 'description', atLeast: 2 },
  { field: 'model', list: 'models', id: 'name', hint: 'provider', atLeast: 2 },
  { field: 'personality', list: 'personalities', id: 'id', hint: 'description', atLeast: 1 },
];

const switches = [
  { field: 'useTools', byDefault: true },
  { field: 'askUser', byDefault: false },
];

/** What the user has chosen for the answers to come, remembered for each user of this browser; chosen from what the server has. */
export class Choices {
  #key = null;
  #chosen = {};
  #catalog = {};
  #selects = new Map();
  #boxes = new Map();

  constructor(place) {
    for (const wish of wishes) {
      const select = element('select', { hidden: true, dataset: { label: `${wish.field}Label`, testid: `choose-${wish.field}` } });
      select.addEventListener('change', () => this.#choose(wish.field, select.value || undefined));
      this.#selects.set(wish, select);
    }

    const panel = element('div', { id: 'settings', className: 'menu settings', popover: 'auto', dataset: { testid: 'settings' } });
    for (const { field } of switches) {
      const box = element('input', { type: 'checkbox', dataset: { testid: `switch-${field}` } });
      box.addEventListener('change', () => this.#choose(field, box.checked));
      this.#boxes.set(field, box);
      panel.append(element('label', {}, box, element('span', {}, words('b', field), words('small', `${field}Hint`))));
    }

    const opener = element(
      'button',
      { type: 'button', className: 'icon-button', popoverTargetElement: panel, dataset: { label: 'settings', testid: 'settings-opener' } },
      drawn('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, drawn('path', { d: 'M4 8h9M19 8h1M4 16h1M11 16h9' }), drawn('circle', { cx: 16, cy: 8, r: 2.6 }), drawn('circle', { cx: 8, cy: 16, r: 2.6 })),
    );
    panel.addEventListener('toggle', ({ newState }) => newState === 'open' && placeMenu(panel, opener));
    place.append(opener, panel, ...this.#selects.values());
    onLanguageChange(() => this.#draw());
  }

  /** The choices of another user from now on. */
  set userId(value) {
    this.#key = `streamchat.choices.${value}`;
    const remembered = parsed(recall(this.#key) ?? '');
    this.#chosen = typeof remembered === 'object' && remembered !== null ? remembered : {};
    this.#draw();
  }

  /** What there is to choose from: `{agents, models, personalities}`. */
  set catalog(value) {
    this.#catalog = value;
    this.#draw();
  }

  get catalog() {
    return this.#catalog;
  }

  /** The fields of the next request. What was chosen once and is not to be had now is left out. */
  get wishes() {
    const fields = {};
    for (const [{ field }, select] of this.#selects) {
      if (!select.hidden && select.value !== '') {
        fields[field] = select.value;
      }
    }

    return this.#on('useTools') ? fields : { ...fields, useTools: false };
  }

  /** Whether agents may ask the user by a tool of the page's own. */
  get askUser() {
    return this.#on('askUser') && this.#on('useTools');
  }

  #on(field) {
    return this.#chosen[field] ?? switches.find((known) => known.field === field).byDefault;
  }

  #choose(field, value) {
    this.#chosen = { ...this.#chosen, [field]: value };
    remember(this.#key, JSON.stringify(this.#chosen));
    this.#draw();
  }

  #draw() {
    for (const [{ field, list, id, hint, atLeast }, select] of this.#selects) {
      const known = this.#catalog[list] ?? [];
      select.replaceChildren(
        element('option', { value: '' }, text(`${field}Default`)),
        ...known.map((entry) => element('option', { value: entry[id], title: entry[hint] ?? '' }, entry[id])),
      );
      select.hidden = known.length < atLeast;
      select.value = this.#chosen[field] ?? '';
      if (select.selectedIndex < 0) {
        select.value = '';
      }

      select.classList.toggle('chosen', select.value !== '');
      select.title = select.selectedOptions[0]?.title || text(`${field}Label`);
    }

    for (const [field, box] of this.#boxes) {
      box.checked = this.#on(field);
    }

    this.#boxes.get('askUser').disabled = !this.#on('useTools');
  }
}

function words(name, key) {
  return element(name, { dataset: { text: key } }, text(key));
}
