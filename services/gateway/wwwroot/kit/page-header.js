import { dialects } from './dialects.js';
import { drawn, element } from './dom.js';
import { language, languages, onLanguageChange, setLanguage, text } from './texts.js';

// address, name, and the protocol without which there is no such page
const pages = [
  ['/', 'pageChat', 'native'],
  ['/test', 'pageAssistant', 'assistant'],
  ['/static/test_websocket.html', 'pageEngine', 'agent-engine'],
  ['/docs', 'pageApi', null],
].filter(([, , dialect]) => dialect === null || dialects.includes(dialect));

/** Fills the header of a page beside the chat: the name, the state of the connection if there is one, the menu. */
export function mountHeader({ connection = false } = {}) {
  const site = element('div', { className: 'site' });
  const logo = drawn(
    'svg',
    { viewBox: '0 0 32 32', 'aria-hidden': 'true' },
    drawn('rect', { width: 32, height: 32, rx: 9 }),
    drawn('path', { d: 'M8 11h16M8 16h11M8 21h6' }),
  );
  document.querySelector('.top').append(
    element('a', { className: 'brand', href: pages[0][0] }, logo, element('h1', {}, 'StreamChat')),
    ...(connection ? [element('span', { id: 'connection-state', className: 'connection', role: 'status', dataset: { testid: 'connection-state', state: 'closed' } })] : []),
    site,
  );
  mountMenu(site);
}

/** Puts the ways to the other pages and the choice of language into the header: in a row, or behind a button where it is narrow. */
export function mountMenu(place) {
  const menu = element(
    'div',
    { id: 'site-menu', className: 'site-menu', popover: 'auto' },
    element('nav', { dataset: { label: 'pages' } }, ...pages.map(pageLink)),
    languageButton(),
  );
  const opener = element('button', { type: 'button', className: 'button quiet menu-opener', popoverTargetElement: menu, dataset: { label: 'menu', testid: 'menu' } });
  opener.append(element('span', { className: 'bars', ariaHidden: 'true' }));
  place.append(opener, menu);
}

function pageLink([path, key]) {
  const link = element('a', { href: path, dataset: { text: key } }, text(key));
  if (location.pathname === path) {
    link.ariaCurrent = 'page';
  }

  return link;
}

/** Offers the other language in its own words. */
function languageButton() {
  const button = element('button', { type: 'button', className: 'language', dataset: { testid: 'language' } });
  button.addEventListener('click', () => setLanguage(other()));
  onLanguageChange(show);
  show();
  return button;

  function show() {
    button.textContent = languages[other()];
    button.lang = other();
  }
}

function other() {
  return language === 'zh' ? 'en' : 'zh';
}
