/**
 * The source code of a function: what a configuration wrote, without the `AS $$` before it and the `$$` after it, which
 * upstream allows too. One white-space character on each side belongs to the quotes.
 */
export function sourceOf(body: string): string {
  const [, , source] = /^\s*(?:AS\s*)?(\$\w*\$)\s(.*)\s\1\s*;?\s*$/is.exec(body) ?? [];
  return source ?? body;
}
