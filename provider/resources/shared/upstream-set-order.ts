/**
 * Texts in the order in which upstream's toolkit lists a set: by the CRC-32 of each, compared as text. Some of upstream's
 * IDs are made of lists in this order, and stay as they are.
 */
export function inUpstreamSetOrder(texts: readonly string[]): string[] {
  const keyed = texts.map((text) => ({ text, key: String(crc32(Buffer.from(text))) }));
  return keyed.sort((one, other) => (one.key < other.key ? -1 : 1)).map(({ text }) => text);
}

function crc32(bytes: Buffer): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ -1) >>> 0;
}
