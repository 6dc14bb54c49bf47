import { crc32 } from "node:zlib";

/**
 * Texts in the order in which upstream's toolkit lists a set: by the CRC-32 of each, compared as text. Some of upstream's
 * IDs are made of lists in this order, and stay as they are.
 */
export function inUpstreamSetOrder(texts: readonly string[]): string[] {
  const keyed = texts.map((text) => ({ text, key: String(crc32(text)) }));
  return keyed.sort((one, other) => (one.key < other.key ? -1 : 1)).map(({ text }) => text);
}
