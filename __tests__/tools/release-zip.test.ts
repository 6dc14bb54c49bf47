import { unzipSync } from "fflate";
import { zip } from "../../tools/release-zip";

const entries = [
  { name: "LICENSE", bytes: Buffer.from("terms"), mode: 0o644 },
  { name: "program", bytes: Buffer.alloc(100_000, "code"), mode: 0o755 },
];

/** The entries of the archive's central directory. */
function directoryOf(archive: Buffer) {
  const found = [];
  for (let at = archive.indexOf("PK\x01\x02"); at >= 0; at = archive.indexOf("PK\x01\x02", at + 1)) {
    const nameLength = archive.readUInt16LE(at + 28);
    found.push({
      name: archive.toString("utf8", at + 46, at + 46 + nameLength),
      system: archive.readUInt8(at + 5),
      mode: (archive.readUInt32LE(at + 38) >>> 16).toString(8),
      time: archive.readUInt16LE(at + 12),
      date: archive.readUInt16LE(at + 14),
    });
  }
  return found;
}

describe("the zip archive of a release", () => {
  test("contains the files' bytes", () => {
    expect(unzipSync(zip(entries))).toEqual(
      Object.fromEntries(entries.map(({ name, bytes }) => [name, new Uint8Array(bytes)])),
    );
  });

  test("records each file's Unix mode, and 1 January 1980 as its time", () => {
    const sameTime = { system: 3, time: 0, date: (1 << 5) | 1 };
    expect(directoryOf(Buffer.from(zip(entries)))).toEqual([
      { name: "LICENSE", mode: "100644", ...sameTime },
      { name: "program", mode: "100755", ...sameTime },
    ]);
  });
});
