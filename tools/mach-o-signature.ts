import { createHash } from "node:crypto";

/** The parts of a 64-bit Mach-O file that a signature has to do with, as in Apple's mach-o/loader.h. */
const MAGIC_64 = 0xfeedfacf;
const HEADER_SIZE = 32;
const COMMAND_COUNT = 16;
const COMMANDS_SIZE = 20;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;
const SIGNATURE_COMMAND_SIZE = 16;

/** Fields of a segment's load command. */
const SEGMENT_NAME = 8;
const SEGMENT_MEMORY_SIZE = 32;
const SEGMENT_FILE_OFFSET = 40;
const SEGMENT_FILE_SIZE = 48;
const SECTION_COUNT = 64;
const SECTIONS = 72;
const SECTION_SIZE = 80;
const SECTION_FILE_OFFSET = 48;

/** The signature itself, as in XNU's cs_blobs.h; unlike the file around it, it is big-endian. */
const EMBEDDED_SIGNATURE = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
const CODE_DIRECTORY_SLOT = 0;
const SUPER_BLOB_SIZE = 20;
const CODE_DIRECTORY_SIZE = 88;
/** The version that has the executable segment's bounds. */
const CODE_DIRECTORY_VERSION = 0x20400;
/** Ad hoc, and made by what made the file: `codesign` puts another in its place without being told to. */
const FLAGS = 0x2 | 0x20000;
const MAIN_BINARY = 1;
const SHA256 = 2;
const HASH_SIZE = 32;
const PAGE_BITS = 12;
const PAGE_SIZE = 1 << PAGE_BITS;
/** What the memory of a segment is a multiple of on either processor. */
const MEMORY_PAGE_SIZE = 0x4000;
const SIGNATURE_ALIGNMENT = 16;

interface LoadCommand {
  readonly type: number;
  readonly offset: number;
}

/**
 * Signs a macOS executable ad hoc: with the hashes of its pages and no identity. On Apple's own processors the kernel
 * kills a program without a valid signature; who made it is another matter, which only a certificate of Apple's says.
 *
 * The tests read the signature back page by page; whether macOS takes it is to be tried on macOS.
 *
 * @param file - a thin 64-bit executable without a signature, whose last part is the segment `__LINKEDIT`.
 * @param identifier - the program's name in the signature.
 * @returns the signed executable.
 * @throws Error when the file is of another kind.
 */
export function signAdHoc(file: Buffer, identifier: string): Buffer {
  if (file.length < HEADER_SIZE || file.readUInt32LE(0) !== MAGIC_64) {
    throw new Error("Expected a 64-bit macOS executable, and found something else.");
  }
  const commands = loadCommands(file);
  if (commands.some(({ type }) => type === LC_CODE_SIGNATURE)) {
    throw new Error("The macOS executable is signed already.");
  }
  const text = segment(file, commands, "__TEXT");
  const linkEdit = segment(file, commands, "__LINKEDIT");
  if (linkEdit.fileOffset + linkEdit.fileSize !== file.length) {
    throw new Error("The macOS executable does not end with its segment __LINKEDIT.");
  }
  const endOfCommands = HEADER_SIZE + file.readUInt32LE(COMMANDS_SIZE);
  if (endOfCommands + SIGNATURE_COMMAND_SIZE > startOfSections(file, commands)) {
    throw new Error("The macOS executable's header has no room for a signature's load command.");
  }

  const codeSize = roundUp(file.length, SIGNATURE_ALIGNMENT);
  const name = Buffer.from(`${identifier}\0`);
  const pageCount = Math.ceil(codeSize / PAGE_SIZE);
  const directorySize = CODE_DIRECTORY_SIZE + name.length + pageCount * HASH_SIZE;
  const signatureSize = roundUp(SUPER_BLOB_SIZE + directorySize, SIGNATURE_ALIGNMENT);
  const signed = Buffer.alloc(codeSize + signatureSize);
  file.copy(signed);

  // The header first: it is hashed too.
  signed.writeUInt32LE(commands.length + 1, COMMAND_COUNT);
  signed.writeUInt32LE(endOfCommands - HEADER_SIZE + SIGNATURE_COMMAND_SIZE, COMMANDS_SIZE);
  writeWords(signed, endOfCommands, "LE", LC_CODE_SIGNATURE, SIGNATURE_COMMAND_SIZE, codeSize, signatureSize);
  const linkEditSize = signed.length - linkEdit.fileOffset;
  signed.writeBigUInt64LE(BigInt(linkEditSize), linkEdit.offset + SEGMENT_FILE_SIZE);
  const memorySize = BigInt(roundUp(linkEditSize, MEMORY_PAGE_SIZE));
  signed.writeBigUInt64LE(memorySize, linkEdit.offset + SEGMENT_MEMORY_SIZE);

  const directory = codeSize + SUPER_BLOB_SIZE;
  writeWords(
    signed,
    codeSize,
    "BE",
    EMBEDDED_SIGNATURE,
    SUPER_BLOB_SIZE + directorySize,
    1,
    CODE_DIRECTORY_SLOT,
    SUPER_BLOB_SIZE,
  );
  const hashes = CODE_DIRECTORY_SIZE + name.length;
  const end = writeWords(
    signed,
    directory,
    "BE",
    CODE_DIRECTORY,
    directorySize,
    CODE_DIRECTORY_VERSION,
    FLAGS,
    hashes,
    CODE_DIRECTORY_SIZE, // where the identifier is
    0, // special slots
    pageCount,
    codeSize,
  );
  signed.set([HASH_SIZE, SHA256, 0, PAGE_BITS], end);
  // Between them: a spare field, scatter, team, another spare one and the 64-bit size of code beyond 4 GB, all unused.
  const executable = end + 4 + 4 * 4 + 8;
  signed.writeBigUInt64BE(BigInt(text.fileOffset), executable);
  signed.writeBigUInt64BE(BigInt(text.fileSize), executable + 8);
  signed.writeBigUInt64BE(BigInt(MAIN_BINARY), executable + 16);
  name.copy(signed, directory + CODE_DIRECTORY_SIZE);
  for (let page = 0; page < pageCount; page += 1) {
    const content = signed.subarray(page * PAGE_SIZE, Math.min((page + 1) * PAGE_SIZE, codeSize));
    createHash("sha256")
      .update(content)
      .digest()
      .copy(signed, directory + hashes + page * HASH_SIZE);
  }
  return signed;
}

function loadCommands(file: Buffer): readonly LoadCommand[] {
  const commands: LoadCommand[] = [];
  let offset = HEADER_SIZE;
  for (let left = file.readUInt32LE(COMMAND_COUNT); left > 0; left -= 1) {
    commands.push({ type: file.readUInt32LE(offset), offset });
    offset += file.readUInt32LE(offset + 4);
  }
  return commands;
}

function segment(
  file: Buffer,
  commands: readonly LoadCommand[],
  name: string,
): { readonly offset: number; readonly fileOffset: number; readonly fileSize: number } {
  const found = commands.find(
    ({ type, offset }) =>
      type === LC_SEGMENT_64 &&
      file.toString("latin1", offset + SEGMENT_NAME, offset + SEGMENT_NAME + 16).replace(/\0+$/, "") === name,
  );
  if (found === undefined) throw new Error(`The macOS executable has no segment ${name}.`);
  const { offset } = found;
  return {
    offset,
    fileOffset: Number(file.readBigUInt64LE(offset + SEGMENT_FILE_OFFSET)),
    fileSize: Number(file.readBigUInt64LE(offset + SEGMENT_FILE_SIZE)),
  };
}

/** Where the first section begins in the file, or the file ends: as far as load commands can grow. */
function startOfSections(file: Buffer, commands: readonly LoadCommand[]): number {
  const starts = commands
    .filter(({ type }) => type === LC_SEGMENT_64)
    .flatMap(({ offset }) =>
      Array.from({ length: file.readUInt32LE(offset + SECTION_COUNT) }, (_, index) =>
        file.readUInt32LE(offset + SECTIONS + index * SECTION_SIZE + SECTION_FILE_OFFSET),
      ),
    );
  // Sections of zeros are in memory only.
  return Math.min(file.length, ...starts.filter((start) => start > 0));
}

/** Writes 32-bit words one after the other; returns the offset after the last. */
function writeWords(buffer: Buffer, offset: number, order: "LE" | "BE", ...words: readonly number[]): number {
  return words.reduce(
    (at, word) => (order === "LE" ? buffer.writeUInt32LE(word, at) : buffer.writeUInt32BE(word, at)),
    offset,
  );
}

function roundUp(size: number, unit: number): number {
  return Math.ceil(size / unit) * unit;
}
