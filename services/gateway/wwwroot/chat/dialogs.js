import { element } from '../kit/dom.js';
import { text } from '../kit/texts.js';

/**
 * Asks before something is done. With a `value` the user can change it in a field. Resolves to what was entered, to true where
 * there is no field, or to null when the user thought better of it.
 */
export function confirmed({ title, message, action, dangerous = false, value, label }) {
  const field = value === undefined ? null : element('input', { value, maxLength: 200, required: true, ariaLabel: label, autocomplete: 'off' });
  if (field) {
    field.dataset.testid = 'dialog-field';
  }

  const heading = element('h2', { id: 'dialog-title' }, title);
  const form = element(
    'form',
    { method: 'dialog' },
    heading,
    ...(message ? [element('p', {}, message)] : []),
    ...(field ? [field] : []),
    element(
      'div',
      { className: 'dialog-buttons' },
      element('button', { type: 'button', className: 'button', dataset: { testid: 'dialog-cancel' } }, text('cancel')),
      element('button', { type: 'submit', className: dangerous ? 'button danger' : 'button primary', dataset: { testid: 'dialog-confirm' } }, action),
    ),
  );
  const dialog = element('dialog', { className: 'dialog', dataset: { testid: 'dialog' } }, form);
  dialog.setAttribute('aria-labelledby', heading.id);
  form.querySelector('[type=button]').addEventListener('click', () => dialog.close());
  document.body.append(dialog);

  return new Promise((resolve) => {
    let answer = null;
    form.addEventListener('submit', (event) => {
      answer = field ? field.value.trim() : true;
      if (answer === '') {
        answer = null;
        event.preventDefault();
      }
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(answer);
    });
    dialog.showModal();
    field?.select();
  });
}
