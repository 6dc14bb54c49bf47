import {
  AnnotationMetadataEntryType,
  TerraformOutput,
  TerraformStack,
  TerraformVariable,
  Testing,
} from "cdktf";
import { ReplicationClusterParameterGroup, ReplicationDbParameterGroup } from "../../../modules/aurora";
import type { ReplicationParametersProps } from "../../../modules/aurora/replication-parameters";
import { terraformOutputs } from "../replication/terraform-outputs";
import { synthesizedStack } from "./synthesized-stack";

const withoutCache = { "rds.logical_wal_cache": 0 };

function warnings(
  engineVersion: string,
  parameters: ReplicationParametersProps["parameters"] & object = {},
  Group:
    | typeof ReplicationClusterParameterGroup
    | typeof ReplicationDbParameterGroup = ReplicationClusterParameterGroup,
): unknown[] {
  const group = new Group(new TerraformStack(Testing.app(), "stack"), "parameters", {
    engineVersion,
    parameters,
  });
  return group.node.metadata
    .filter(({ type }) => type === String(AnnotationMetadataEntryType.WARN))
    .map(({ data }) => data as unknown);
}

test.each(["11.17", "12.12", "13.8", "14.5"])(
  "Aurora PostgreSQL %s is warned about: it loses changes, and what helps is said",
  (version) => {
    expect(warnings(version)).toEqual([
      `Aurora PostgreSQL ${version} may lose replicated changes in its write-through cache. Upgrade it, or disable the cache: parameters: { "rds.logical_wal_cache": 0 }.`,
    ]);
  },
);

test.each(["11.16", "14.6", "14", "15.2"])("Aurora PostgreSQL %s is not warned about", (version) => {
  expect(warnings(version)).toEqual([]);
});

test("a cache that is turned off is not warned about, and one of another size is", () => {
  expect(warnings("14.5", withoutCache)).toEqual([]);
  expect(warnings("14.5", { "rds.logical_wal_cache": 1024 })).toHaveLength(1);
});

test("RDS for PostgreSQL, which has no such cache, is not warned about", () => {
  expect(warnings("14.5", {}, ReplicationDbParameterGroup)).toEqual([]);
});

describe("of a version that only Terraform knows", () => {
  function check(parameters: ReplicationParametersProps["parameters"] & object = {}) {
    return synthesizedStack((stack) => {
      const release = new TerraformVariable(stack, "release", { type: "string" });
      new ReplicationClusterParameterGroup(stack, "parameters", {
        engineVersion: release.stringValue,
        parameters,
      });
    }).check;
  }

  test("Terraform warns, and goes on", () => {
    const [{ assert } = { assert: {} }] = Object.values(check() ?? {});
    const verdicts = terraformOutputs((stack) => {
      for (const version of ["14.5", "14.6"]) {
        const condition = String(assert["condition"]).replace(/local\.\w+/, `"${version}"`);
        new TerraformOutput(stack, `v${version.replace(".", "_")}`, { value: condition });
      }
    });
    expect(verdicts).toEqual({ v14_5: false, v14_6: true });
    expect(assert["error_message"]).toMatch(
      /^Aurora PostgreSQL \$\{local\.\w+\} may lose replicated changes/,
    );
  });

  test("Terraform does not, when the cache is turned off", () => {
    expect(check(withoutCache)).toBeUndefined();
  });

  test("two servers of a stack have a check each", () => {
    const { check: checks } = synthesizedStack((stack) => {
      const { stringValue: engineVersion } = new TerraformVariable(stack, "release", { type: "string" });
      new ReplicationClusterParameterGroup(stack, "one", { engineVersion });
      new ReplicationClusterParameterGroup(stack, "other", { engineVersion });
    });
    expect(Object.keys(checks ?? {})).toHaveLength(2);
  });
});
