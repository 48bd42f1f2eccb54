/** Makes an element: `element('p', { className: 'x', dataset: { state: 'y' } }, 'text', child)`. Text is only ever text. */
export function element(name, { dataset, ...properties } = {}, ...children) {
  const made = document.createElement(name);
  Object.assign(made, properties);
  Object.assign(made.dataset, dataset);
  made.append(...children);
  return made;
}
