import { recall, remember } from './storage.js';
import { chinese, english } from './words.js';

const key = 'streamchat.language';
const words = { en: { ...english }, zh: { ...chinese } };
const changed = new EventTarget();

/** The languages of the pages by their own names. */
export const languages = { en: 'English', zh: '中文' };

/** The language of the page: the one chosen in this browser, else `zh` for readers of Chinese, else `en`. */
export let language = chosen() ?? (navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en');

/** Adds the words of one page. */
export function addWords({ en, zh }) {
  Object.assign(words.en, en);
  Object.assign(words.zh, zh);
}

/** A text of the page in the reader's language. */
export function text(key) {
  return words[language][key];
}

/** Gives a node a text that follows the language. */
export function setText(node, key) {
  node.dataset.text = key;
  node.textContent = text(key);
}

/** What to tell a person about an error: our own words where the code says enough, else the server's. */
export function errorText({ code, message }) {
  return text(`error_${code}`) ?? (message || text('error_other'));
}

/** Shows the page in another language from now on. */
export function setLanguage(value) {
  language = value;
  remember(key, value);
  applyTexts();
  changed.dispatchEvent(new Event('change'));
}

/** For what is shown but cannot follow the language by `data-` attributes alone. */
export function onLanguageChange(listener) {
  changed.addEventListener('change', listener);
}

/**
 * Puts the texts in place that the markup asks for by `data-text`, `data-label` (for those who listen, and as a hint on
 * buttons) and `data-placeholder`.
 */
export function applyTexts(root = document) {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  for (const node of root.querySelectorAll('[data-text]')) {
    node.textContent = text(node.dataset.text);
  }

  for (const node of root.querySelectorAll('[data-label]')) {
    node.setAttribute('aria-label', text(node.dataset.label));
    if (node instanceof HTMLButtonElement) {
      node.title = text(node.dataset.label);
    }
  }

  for (const node of root.querySelectorAll('[data-placeholder]')) {
    node.placeholder = text(node.dataset.placeholder);
  }
}

function chosen() {
  const value = recall(key);
  return value in languages ? value : null;
}
