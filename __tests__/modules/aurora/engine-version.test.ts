import { TerraformOutput, TerraformStack, TerraformVariable, Testing } from "cdktf";
import type { PostgresqlEngine } from "../../../facts/engine-versions";
import { EngineVersion } from "../../../modules/aurora/engine-version";
import { terraformOutputs } from "../replication/terraform-outputs";

function version(engine: PostgresqlEngine, text: string, family?: string): EngineVersion {
  return new EngineVersion(new TerraformStack(Testing.app(), "stack"), engine, text, family);
}

describe("a version that is known", () => {
  test.each<[PostgresqlEngine, string, string]>([
    ["aurora-postgresql", "10.6", "aurora-postgresql10"],
    ["aurora-postgresql", "11.9", "aurora-postgresql11"],
    ["aurora-postgresql", "16", "aurora-postgresql16"],
    ["aurora-postgresql", "16.4-limitless", "aurora-postgresql16"],
    ["aurora-postgresql", "19.0", "aurora-postgresql19"],
    ["postgres", "10.4", "postgres10"],
    ["postgres", "11.22-rds.20240418", "postgres11"],
    ["postgres", "17", "postgres17"],
  ])("%s %s belongs to the family %s, and Terraform has nothing to see to", (engine, text, family) => {
    const known = version(engine, text);
    expect(known).toMatchObject({ family, expression: undefined });
    expect(known.lifecycle).toEqual({});
  });

  test.each<[PostgresqlEngine, string]>([
    ["aurora-postgresql", "10.5"],
    ["aurora-postgresql", "9.6.22"],
    ["postgres", "10.3"],
    ["postgres", "9.6"],
  ])("%s %s has no logical replication and is refused", (engine, text) => {
    const [product, first] =
      engine === "postgres" ? ["RDS for PostgreSQL", "10.4"] : ["Aurora PostgreSQL", "10.6"];
    expect(() => version(engine, text)).toThrow(
      `engineVersion must be ${first} or later, such as "16.4", because ${product} supports logical replication since ${first}. Got "${text}".`,
    );
  });

  test.each(["", "latest", "v16", "16.x", "8.0.mysql_aurora.3.04.0", "16 4"])(
    "%j, which is no version of PostgreSQL, is refused",
    (text) => {
      expect(() => version("aurora-postgresql", text)).toThrow(/^engineVersion must be 10\.6 or later/);
    },
  );

  test("a family of another version or engine is refused, and the version's own is not", () => {
    expect(version("postgres", "16.4", "postgres16").family).toBe("postgres16");
    expect(() => version("postgres", "16.4", "postgres15")).toThrow(
      'family must be postgres16, the family of the engine version. Change it or omit it. Got "postgres15".',
    );
    expect(() => version("postgres", "16.4", "aurora-postgresql16")).toThrow(/^family must be/);
  });
});

describe("a version that only Terraform knows", () => {
  /** What Terraform makes of the preconditions, and of the family, for a value of the variable. */
  function evaluate(engine: PostgresqlEngine, values: readonly string[], family?: string) {
    const outputs = terraformOutputs((stack) => {
      values.forEach((value, index) => {
        const variable = new TerraformVariable(stack, `v${index}`, { type: "string", default: value });
        const unknown = new EngineVersion(variable, engine, variable.stringValue, family);
        const accepted = (unknown.lifecycle.precondition ?? []).map(({ condition }) => condition as string);
        new TerraformOutput(stack, `family${index}`, { value: unknown.family });
        new TerraformOutput(stack, `accepted${index}`, { value: accepted });
      });
    });
    return values.map((_, index) => ({
      family: outputs[`family${index}`],
      accepted: outputs[`accepted${index}`],
    }));
  }

  test("is held against the same rules by Terraform, which finds out the family too", () => {
    expect(evaluate("aurora-postgresql", ["10.6", "10.5", "9.6.22", "16", "17.4", "latest"])).toEqual([
      { family: "aurora-postgresql10", accepted: [true] },
      { family: "aurora-postgresql10", accepted: [false] },
      { family: "aurora-postgresql9", accepted: [false] },
      { family: "aurora-postgresql16", accepted: [true] },
      { family: "aurora-postgresql17", accepted: [true] },
      { family: "aurora-postgresql?", accepted: [false] },
    ]);
    expect(evaluate("postgres", ["10.4", "10.3", "11.22-rds.20240418"])).toEqual([
      { family: "postgres10", accepted: [true] },
      { family: "postgres10", accepted: [false] },
      { family: "postgres11", accepted: [true] },
    ]);
  });

  test("has to belong to the family that was asked for", () => {
    expect(evaluate("postgres", ["16.4", "15.2"], "postgres16")).toEqual([
      { family: "postgres16", accepted: [true, true] },
      { family: "postgres15", accepted: [true, false] },
    ]);
  });

  test("is named in the message", () => {
    const stack = new TerraformStack(Testing.app(), "stack");
    const variable = new TerraformVariable(stack, "v", { type: "string" });
    const { expression, lifecycle } = new EngineVersion(stack, "postgres", variable.stringValue);
    expect(lifecycle.precondition?.[0]?.errorMessage).toBe(
      `engineVersion must be 10.4 or later, such as "16.4", because RDS for PostgreSQL supports logical replication since 10.4. Got \${${expression}}.`,
    );
  });
});
