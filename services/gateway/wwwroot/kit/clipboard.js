import { element } from './dom.js';

/** Copies text, also on plain http, where browsers have no clipboard API. */
export async function copyText(value) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(value);
      return;
    } catch {
      // not allowed here: the old way below may be
    }
  }

  const focused = document.activeElement;
  const field = element('textarea', { value, className: 'visually-hidden' });
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
  focused?.focus();
}
