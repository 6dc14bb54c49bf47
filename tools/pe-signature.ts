/** Offsets in the headers of a PE32+ file. */
const PE_OFFSET = 0x3c;
const OPTIONAL_HEADER = 24;
const PE32_PLUS = 0x20b;
const CERTIFICATE_TABLE = OPTIONAL_HEADER + 112 + 4 * 8;

/**
 * Removes the Authenticode signature of a Windows executable. It becomes invalid when the file changes.
 *
 * @throws Error if it is not a 64-bit PE file, or if the signature is not at its end.
 */
export function removePeSignature(file: Buffer): Buffer {
  const header = file.readUInt32LE(PE_OFFSET);
  if (
    file.toString("latin1", header, header + 4) !== "PE\0\0" ||
    file.readUInt16LE(header + OPTIONAL_HEADER) !== PE32_PLUS
  ) {
    throw new Error("The signature cannot be removed: the file is not a 64-bit Windows executable.");
  }
  const offset = file.readUInt32LE(header + CERTIFICATE_TABLE);
  const size = file.readUInt32LE(header + CERTIFICATE_TABLE + 4);
  if (size === 0) {
    return file;
  }
  if (offset + size !== file.length) {
    throw new Error("The signature cannot be removed: it is not at the end of the Windows executable.");
  }
  const unsigned = Buffer.from(file.subarray(0, offset));
  unsigned.fill(0, header + CERTIFICATE_TABLE, header + CERTIFICATE_TABLE + 8);
  return unsigned;
}
