import { dialects } from '../kit/dialects.js';
import { element } from '../kit/dom.js';
import { mountHeader } from '../kit/page-header.js';
import { addWords, applyTexts, onLanguageChange, text } from '../kit/texts.js';
import { OperationView } from './operation.js';
import { Schemas } from './schema.js';
import { apiWords } from './words.js';

addWords(apiWords);

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'trace'];
const withinMs = 15_000;
const sockets = [
  ['/ws/v1', 'socketNative', '/', ['native']],
  ['/ws', 'socketAssistant', '/test', ['assistant']],
  ['/ws/agent', 'socketEngine', '/static/test_websocket.html', ['agent-engine']],
  ['/ws/chat/{user_id}', 'socketAura', null, ['aurawell']],
  ['/ws/chat', 'socketChat', null, ['yychat', 'session']],
].filter(([, , , spoken]) => spoken.some((dialect) => dialects.includes(dialect)));

const byId = (id) => document.getElementById(id);
let groups = []; // {node, operations}

async function load() {
  byId('notice').hidden = true;
  byId('groups').ariaBusy = 'true';
  try {
    const response = await fetch('/openapi/v1.json', { signal: AbortSignal.timeout(withinMs) });
    show(await response.json());
  } catch {
    byId('notice').hidden = false;
  } finally {
    byId('groups').ariaBusy = 'false';
  }
}

function show(description) {
  const schemas = new Schemas(description);
  const byTag = new Map();
  for (const [path, item] of Object.entries(description.paths)) {
    for (const method of methods.filter((one) => item[one])) {
      const tag = item[method].tags?.[0] ?? '';
      const view = new OperationView({ method, path, operation: item[method], shared: item.parameters ?? [], schemas, tokenOf: () => byId('token').value.trim() });
      byTag.set(tag, [...(byTag.get(tag) ?? []), view]);
    }
  }

  byId('version').textContent = `OpenAPI ${description.openapi}`;
  groups = [...byTag].map(([tag, operations]) => ({ operations, node: groupNode(tag, operations) }));
  byId('groups').replaceChildren(...groups.map(({ node }) => node));
  filter();
  openLinked();
}

function groupNode(tag, operations) {
  const name = tag === '' ? element('h3', { dataset: { text: 'otherGroup' } }, text('otherGroup')) : element('h3', {}, tag);
  return element('section', { className: 'group', ariaLabel: tag, dataset: { testid: 'group' } }, name, ...operations.map(({ node }) => node));
}

/** Shows the calls that have all the words that are looked for. */
function filter() {
  const words = byId('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const { node, operations } of groups) {
    const wanted = operations.filter((operation) => {
      operation.node.hidden = !words.every((word) => operation.words.includes(word));
      return !operation.node.hidden;
    });
    node.hidden = wanted.length === 0;
    found += wanted.length;
  }

  byId('found').textContent = `${text('found')} ${found}`;
}

/** A link to one call opens it. */
function openLinked() {
  const linked = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (linked instanceof HTMLDetailsElement) {
    linked.open = true;
    linked.scrollIntoView({ block: 'center' });
  }
}

function socketItem([path, key, page]) {
  const link = page ? [' ', element('a', { href: page, dataset: { text: 'tryPage' } })] : [];
  return element('li', {}, element('code', {}, path), ' ', element('span', { className: 'what', dataset: { text: key } }), ...link);
}

byId('sockets').append(...sockets.map(socketItem));
byId('search').addEventListener('input', filter);
byId('notice').querySelector('button').addEventListener('click', load);
window.addEventListener('hashchange', openLinked);
onLanguageChange(filter);
document.addEventListener('keydown', (event) => {
  const writing = event.target instanceof Element && event.target.matches('input, textarea, select');
  if (event.key === '/' && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    byId('search').focus();
  }
});
mountHeader();
applyTexts();
load();
