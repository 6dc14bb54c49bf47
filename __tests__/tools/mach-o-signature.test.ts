import { createHash } from "node:crypto";
import { signAdHoc } from "../../tools/mach-o-signature";

const textSize = 0x4000;
const firstSection = 0x800;
const linkEditSize = 0x2345;

/** A macOS executable in small: the two segments that matter, one section, and another load command after them. */
function executable({ sectionAt = firstSection } = {}): Buffer {
  const file = Buffer.alloc(textSize + linkEditSize, 7);
  file.fill(0, 0, firstSection);
  const segment = (name: string, offset: number, size: number, sections: readonly number[]) => {
    const command = Buffer.alloc(72 + 80 * sections.length);
    command.writeUInt32LE(0x19, 0);
    command.writeUInt32LE(command.length, 4);
    command.write(name, 8);
    command.writeBigUInt64LE(BigInt(0x100000000 + offset), 24);
    command.writeBigUInt64LE(0x4000n, 32);
    command.writeBigUInt64LE(BigInt(offset), 40);
    command.writeBigUInt64LE(BigInt(size), 48);
    command.writeUInt32LE(sections.length, 64);
    sections.forEach((start, index) => command.writeUInt32LE(start, 72 + 80 * index + 48));
    return command;
  };
  const uuid = Buffer.alloc(24, 9);
  uuid.writeUInt32LE(0x1b, 0);
  uuid.writeUInt32LE(24, 4);
  const commands = [
    segment("__TEXT", 0, textSize, [sectionAt, 0]),
    segment("__LINKEDIT", textSize, linkEditSize, []),
    uuid,
  ];
  const list = Buffer.concat(commands);
  [0xfeedfacf, 0x0100000c, 0, 2, commands.length, list.length].forEach((word, index) =>
    file.writeUInt32LE(word, 4 * index),
  );
  list.copy(file, 32);
  return file;
}

/** Reads the signature as the kernel does: from the load command to the hash of each page. */
function readSignature(file: Buffer) {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  let at = 32;
  const commands: { type: number; at: number }[] = [];
  for (let index = 0; index < view.getUint32(16, true); index++) {
    commands.push({ type: view.getUint32(at, true), at });
    at += view.getUint32(at + 4, true);
  }
  const command = commands.at(-1)?.at ?? 0;
  const blob = view.getUint32(command + 8, true);
  const directory = blob + view.getUint32(blob + 16);
  const identifier = directory + view.getUint32(directory + 20);
  const limit = view.getUint32(directory + 32);
  const pageSize = 2 ** view.getUint8(directory + 39);
  const stored: string[] = [];
  for (let index = 0; index < view.getUint32(directory + 28); index++) {
    const hash = directory + view.getUint32(directory + 16) + 32 * index;
    stored.push(file.toString("hex", hash, hash + 32));
  }
  const actual: string[] = [];
  for (let start = 0; start < limit; start += pageSize) {
    const page = file.subarray(start, Math.min(start + pageSize, limit));
    actual.push(createHash("sha256").update(page).digest("hex"));
  }
  return {
    endOfCommands: at,
    sizeOfCommands: view.getUint32(20, true),
    lastCommand: commands.at(-1)?.type,
    blobStart: blob,
    blobEnd: blob + view.getUint32(command + 12, true),
    magic: [view.getUint32(blob), view.getUint32(directory)],
    lengths: [view.getUint32(blob + 4), view.getUint32(directory + 4)],
    slots: [view.getUint32(blob + 8), view.getUint32(blob + 12)],
    version: view.getUint32(directory + 8),
    flags: view.getUint32(directory + 12),
    identifier: file.toString("latin1", identifier, file.indexOf(0, identifier)),
    limit,
    hash: [view.getUint8(directory + 36), view.getUint8(directory + 37)],
    pageSize,
    executable: [64, 72, 80].map((field) => view.getBigUint64(directory + field)),
    stored,
    actual,
  };
}

describe("signing a macOS executable ad hoc", () => {
  const signed = signAdHoc(executable(), "a-program");
  const signature = readSignature(signed);

  it("writes the hash of every page that the signature covers", () => {
    expect(signature.limit).toBe(signature.blobStart);
    expect(signature.pageSize).toBe(4096);
    expect(signature.stored).toHaveLength(Math.ceil(signature.limit / 4096));
    expect(signature.stored).toEqual(signature.actual);
  });

  it("changes a page's hash with any byte of it", () => {
    const other = executable();
    other.writeUInt8(8, 0x1234);
    const { stored } = readSignature(signAdHoc(other, "a-program"));
    const different = stored.flatMap((hash, page) => (hash === signature.stored[page] ? [] : [page]));
    expect(different).toEqual([1]);
  });

  it("describes a main program without an identity", () => {
    expect(signature).toMatchObject({
      magic: [0xfade0cc0, 0xfade0c02],
      slots: [1, 0],
      version: 0x20400,
      flags: 0x20002,
      identifier: "a-program",
      hash: [32, 2],
      executable: [0n, BigInt(textSize), 1n],
    });
    const [blob = 0, directory = 0] = signature.lengths;
    expect(blob).toBe(directory + 20);
    expect(signature.blobStart + blob).toBeLessThanOrEqual(signature.blobEnd);
  });

  it("puts the signature at the file's end, aligned, and into the segment that has to hold it", () => {
    const linkEdit = 32 + 72 + 160;
    expect(signature.blobStart % 16).toBe(0);
    expect(signature.blobStart).toBeGreaterThanOrEqual(executable().length);
    expect(signature.blobEnd).toBe(signed.length);
    expect(signed.readBigUInt64LE(linkEdit + 48)).toBe(BigInt(signed.length - textSize));
    expect(signed.readBigUInt64LE(linkEdit + 32)).toBe(0x4000n);
    expect(signature.lastCommand).toBe(0x1d);
    expect(signature.endOfCommands).toBe(32 + signature.sizeOfCommands);
  });

  it("leaves the rest of the program as it was", () => {
    expect(signed.subarray(firstSection, executable().length)).toEqual(executable().subarray(firstSection));
  });

  it("refuses what it cannot sign", () => {
    const trailing = Buffer.concat([executable(), Buffer.alloc(1)]);
    expect(() => signAdHoc(Buffer.from("#!/bin/sh\n"), "p")).toThrow("Expected a 64-bit macOS executable");
    expect(() => signAdHoc(signed, "p")).toThrow("signed already");
    expect(() => signAdHoc(trailing, "p")).toThrow("does not end with its segment __LINKEDIT");
    expect(() => signAdHoc(executable({ sectionAt: 300 }), "p")).toThrow("no room");
  });
});
