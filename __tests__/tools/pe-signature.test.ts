import { removePeSignature } from "../../tools/pe-signature";

const header = 0x80;
const certificateTable = header + 24 + 144;
const signature = Buffer.from("signature");

function executable(signed: boolean): Buffer {
  const file = Buffer.alloc(0x400, 1);
  file.writeUInt32LE(header, 0x3c);
  file.write("PE\0\0", header, "latin1");
  file.writeUInt16LE(0x20b, header + 24);
  file.writeUInt32LE(signed ? file.length : 0, certificateTable);
  file.writeUInt32LE(signed ? signature.length : 0, certificateTable + 4);
  return signed ? Buffer.concat([file, signature]) : file;
}

describe("removing the signature of a Windows executable", () => {
  test("restores the unsigned executable", () => {
    expect(removePeSignature(executable(true))).toEqual(executable(false));
  });

  test("does not change an unsigned executable", () => {
    expect(removePeSignature(executable(false))).toEqual(executable(false));
  });

  test("refuses data after the signature, and other kinds of files", () => {
    expect(() => removePeSignature(Buffer.concat([executable(true), Buffer.from("more")]))).toThrow(
      "not at the end",
    );
    expect(() => removePeSignature(Buffer.alloc(0x400))).toThrow("not a 64-bit Windows executable");
  });
});
