import { decode, encode, ExtData } from "@msgpack/msgpack";
import fc from "fast-check";
import { decodeMsgpack, encodeMsgpack } from "../../../provider/plugin/cty/msgpack";
import type { CtyType } from "../../../provider/plugin/cty/type";
import {
  type CtyValue,
  DecimalNumber,
  parseNumber,
  Unknown,
  unknown,
} from "../../../provider/plugin/cty/value";

const roundTrip = (value: CtyValue, type: CtyType): CtyValue =>
  decodeMsgpack(encodeMsgpack(value, type), type);

const person: CtyType = ["object", { name: "string", tags: ["set", "string"], ages: ["map", "number"] }];

/** Minus zero is no number of its own to Terraform, and a whole number beyond 2^53 is a bigint here. */
function exact(number: number): number | bigint {
  if (number === 0) {
    return 0;
  }
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? BigInt(number) : number;
}

describe("the msgpack form of Terraform values", () => {
  test("carries every kind of value there and back", () => {
    const value = { name: "Zoë 🐘", tags: ["b", "a"], ages: { one: 1, two: -2.5 } };
    expect(roundTrip(value, person)).toEqual(value);
    expect(roundTrip([value, null], ["list", person])).toEqual([value, null]);
    expect(roundTrip(true, "bool")).toBe(true);
    expect(roundTrip(null, person)).toBeNull();
  });

  test("carries any string, number and nesting of them", () => {
    const type: CtyType = ["list", ["object", { text: "string", number: "number", on: "bool" }]];
    const item = fc.record({
      text: fc.option(fc.string({ unit: "grapheme" })),
      number: fc.option(fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }))),
      on: fc.option(fc.boolean()),
    });
    fc.assert(
      fc.property(fc.array(item), (items) => {
        const expected = items.map((entry) => ({
          ...entry,
          number: entry.number === null ? null : exact(entry.number),
        }));
        expect(roundTrip(items, type)).toEqual(expected);
      }),
    );
  });

  test("keeps numbers that no float holds", () => {
    expect(roundTrip(2n ** 53n + 1n, "number")).toBe(2n ** 53n + 1n);
    expect(roundTrip(-(2n ** 63n), "number")).toBe(-(2n ** 63n));
    expect(roundTrip(2n ** 64n - 1n, "number")).toBe(2n ** 64n - 1n);
    expect(roundTrip(10n ** 40n, "number")).toBe(10n ** 40n);
    expect(roundTrip(new DecimalNumber("0.12345678901234567890"), "number")).toEqual(
      new DecimalNumber("0.12345678901234567890"),
    );
  });

  test("writes fractions as text, since 0.1 is no binary float to Terraform", () => {
    expect(decode(encodeMsgpack(0.1, "number"))).toBe("0.1");
    expect(decode(encodeMsgpack(3, "number"))).toBe(3);
    expect(decodeMsgpack(encode("0.1"), "number")).toBe(0.1);
    expect(decodeMsgpack(encode("9007199254740993"), "number")).toBe(9007199254740993n);
    expect(parseNumber("1.10")).toEqual(new DecimalNumber("1.10"));
  });

  test("reads unknown values and gives refinements back as they came", () => {
    expect(decodeMsgpack(Uint8Array.of(0xd4, 0x00, 0x00), "string")).toBeInstanceOf(Unknown);
    expect([...encodeMsgpack(unknown, "string")]).toEqual([0xd4, 0x00, 0x00]);
    const refined = encode(new ExtData(12, Uint8Array.of(0x81, 0x01, 0xc2)));
    expect([...encodeMsgpack(decodeMsgpack(refined, "string"), "string")]).toEqual([...refined]);
    expect(roundTrip(["a", unknown], ["set", "string"])).toEqual(["a", new Unknown()]);
  });

  test("takes left-out attributes of an object for null, and leaves no strange ones in", () => {
    expect(decodeMsgpack(encode({ name: "x", more: 1 }), person)).toEqual({
      name: "x",
      tags: null,
      ages: null,
    });
  });

  test("says where a value is of the wrong type, and never what it is", () => {
    const wrong = encode({ name: "x", tags: [true], ages: null });
    expect(() => decodeMsgpack(wrong, person)).toThrow(
      'tags[0] should be of type "string", but is a value of type boolean.',
    );
    expect(() => encodeMsgpack({ name: ["secret"] }, person)).toThrow(
      'name should be of type "string", but is a list.',
    );
  });
});
