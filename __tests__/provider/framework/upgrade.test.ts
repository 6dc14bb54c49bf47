import {
  ctyTypeOf,
  defaulted,
  optional,
  optionalComputed,
  required,
  type Schema,
  writeOnly,
} from "../../../provider/framework/schema";
import { upgradeState } from "../../../provider/framework/upgrade";
import { bool, setOf, string } from "../../../provider/framework/value-type";

const description = "";

const ownSchema = {
  description,
  attributes: { tables: optionalComputed(setOf(string), { description }) },
  blocks: {},
} satisfies Schema;

describe("a stored state", () => {
  test("of this provider is taken as it is", () => {
    const state = upgradeState(ownSchema, ctyTypeOf(ownSchema), '{"tables":[],"timeouts":null}');
    expect(state).toEqual({ tables: [] });
  });

  test.each(['{"policy":null}', "{}", '{"policy":null,"timeouts":null}'])(
    "has no items of a block that it says nothing of: %s",
    (json) => {
      const policy = { nesting: "set", description, attributes: {} } as const;
      const schema = { description, attributes: {}, blocks: { policy } } satisfies Schema;
      expect(upgradeState(schema, ctyTypeOf(schema), json)).toEqual({ policy: [] });
    },
  );

  test("of upstream's toolkit loses its empty values, and gains what it does not know", () => {
    const schema = {
      description,
      attributes: {
        name: required(string, { description }),
        password: optional(string, { description }),
        roles: optional(setOf(string), { description }),
        owner: optionalComputed(string, { description }),
        secret: writeOnly(string, { description }),
        cascade: defaulted(bool, false, { description }),
        fresh: optional(string, { description }),
        kept: optional(string, { description, emptyIsUnset: true }),
      },
      blocks: {},
    } satisfies Schema;
    const json =
      '{"name":"","password":"","roles":[],"owner":"o","secret":"s","cascade":true,"gone":"x","kept":""}';
    expect(upgradeState(schema, ctyTypeOf(schema), json)).toEqual({
      name: "",
      password: null,
      roles: null,
      owner: "o",
      secret: null,
      cascade: true,
      fresh: null,
      kept: "",
    });
  });
});
