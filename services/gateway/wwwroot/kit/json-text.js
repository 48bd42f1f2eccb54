const longestPretty = 100_000;

/** The value of a JSON text, or undefined where it is none. */
export function parsed(content) {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

/** JSON objects and arrays spread over lines; anything else, and what is too long to be read, as it is. */
export function pretty(content) {
  if (content.length > longestPretty || !/^\s*[[{]/.test(content)) {
    return content;
  }

  const value = parsed(content);
  return value === undefined ? content : JSON.stringify(value, null, 2);
}
