/** What a JSON document becomes by operations of RFC 6902, as a new document. Throws where one of them does not fit. */
export function patched(document, operations) {
  const holder = { document: structuredClone(document) };
  for (const operation of operations) {
    apply(holder, operation);
  }

  return holder.document;
}

function apply(holder, { op, path, from, value }) {
  switch (op) {
    case 'add':
      add(holder, path, structuredClone(value));
      break;
    case 'remove':
      remove(holder, path);
      break;
    case 'replace':
      remove(holder, path);
      add(holder, path, structuredClone(value));
      break;
    case 'move':
      add(holder, path, remove(holder, from));
      break;
    case 'copy':
      add(holder, path, structuredClone(read(holder, from)));
      break;
    case 'test':
      if (!same(read(holder, path), value)) {
        throw new RangeError(`Not so: ${path}`);
      }

      break;
    default:
      throw new RangeError(`No such operation: ${op}`);
  }
}

function add(holder, path, value) {
  const [parent, key] = place(holder, path);
  if (Array.isArray(parent)) {
    const index = key === '-' ? parent.length : indexIn(key, parent.length + 1);
    parent.splice(index, 0, value);
  } else {
    // defined, not assigned: a member may be called __proto__
    Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
  }
}

function remove(holder, path) {
  const [parent, key] = place(holder, path);
  const value = read(holder, path);
  if (Array.isArray(parent)) {
    parent.splice(Number(key), 1);
  } else {
    delete parent[key];
  }

  return value;
}

function read(holder, path) {
  const [parent, key] = place(holder, path);
  return child(parent, key);
}

/** The container of what a pointer points at, and its key in there; the document itself stands in the holder. */
function place(holder, path) {
  const keys = path.split('/').slice(1).map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop();
  if (last === undefined) {
    return [holder, 'document'];
  }

  const parent = keys.reduce(child, holder.document);
  if (typeof parent !== 'object' || parent === null) {
    throw new RangeError(`No such place: ${path}`);
  }

  return [parent, last];
}

function child(parent, key) {
  if (Array.isArray(parent)) {
    return parent[indexIn(key, parent.length)];
  }

  if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, key)) {
    throw new RangeError(`No such place: ${key}`);
  }

  return parent[key];
}

function indexIn(key, length) {
  if (!/^(0|[1-9]\d*)$/.test(key) || Number(key) >= length) {
    throw new RangeError(`No such place: ${key}`);
  }

  return Number(key);
}

function same(one, other) {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    return one === other;
  }

  const keys = Object.keys(one);
  return Array.isArray(one) === Array.isArray(other)
    && keys.length === Object.keys(other).length
    && keys.every((key) => Object.hasOwn(other, key) && same(one[key], other[key]));
}
