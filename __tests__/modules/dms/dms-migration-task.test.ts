import { TerraformLocal, TerraformOutput, TerraformVariable } from "cdktf";
import type { Construct } from "constructs";
import type { DmsMigrationTaskProps } from "../../../modules/dms";
import { conditions, matching, only, synthesizedStack } from "../aurora/synthesized-stack";
import { terraformOutputs } from "../replication/terraform-outputs";
import { endpoint, migrationTask } from "./dms-constructs";

type Given = (scope: Construct) => object;

function synth(given: Given = () => ({})) {
  const { resource, locals } = synthesizedStack((stack) => {
    const task = migrationTask(stack, given(stack));
    new TerraformLocal(stack, "seen", task.resourceId);
  });
  return { main: only(resource, "aws_dms_replication_task"), seen: locals?.["seen"] };
}

const source = (engine: string, engineVersion: string) => (scope: Construct) => ({
  source: endpoint(scope, "source", { engine, engineVersion } as object),
});

describe("a DmsMigrationTask", () => {
  test("loads and follows, with all settings, runs, and leaves rows at the target alone", () => {
    const { main, seen } = synth();
    expect(main).toMatchObject({
      replication_task_id: "orders",
      migration_type: "full-load-and-cdc",
      replication_instance_arn: matching(
        /^\$\{aws_dms_replication_instance\.\w+\.replication_instance_arn\}$/,
      ),
      source_endpoint_arn: matching(/^\$\{aws_dms_endpoint\.source_\w+\.endpoint_arn\}$/),
      target_endpoint_arn: matching(/^\$\{aws_dms_endpoint\.target_\w+\.endpoint_arn\}$/),
      start_replication_task: true,
    });
    expect(JSON.parse(String(main["table_mappings"]))).toMatchObject({
      rules: [{ "rule-action": "include" }],
    });
    expect(JSON.parse(String(main["replication_task_settings"]))).toMatchObject({
      FullLoadSettings: { TargetTablePrepMode: "DO_NOTHING" },
    });
    expect(seen).toEqual(
      matching(/^\$\{element\(split\(":", aws_dms_replication_task\.\w+\.replication_task_arn\), 6\)\}$/),
    );
  });

  test("empties or drops tables when it is said in so many words", () => {
    const taskSettings = { fullLoadSettings: { targetTablePrepMode: "DROP_AND_CREATE" } };
    expect(String(synth(() => ({ taskSettings })).main["replication_task_settings"])).toContain(
      '"TargetTablePrepMode":"DROP_AND_CREATE"',
    );
  });

  test("follows changes from where a slot is, when it loads nothing", () => {
    const { main } = synth(() => ({ migrationType: "cdc", cdcStartPosition: "0/1500028" }));
    expect(main).toMatchObject({ migration_type: "cdc", cdc_start_position: "0/1500028" });
    const replicationTaskId = "a";
    // @ts-expect-error a load begins at the beginning
    const props: Partial<DmsMigrationTaskProps> = { migrationType: "full-load", cdcStartPosition: "0/1" };
    expect(props).not.toHaveProperty(replicationTaskId);
  });

  test.each<[string, string, string, string]>([
    ["aurora-postgresql", "Aurora PostgreSQL", "10.5", "10.6"],
    ["postgres", "RDS for PostgreSQL", "10.20", "10.21"],
  ])("rejects CDC from %s (%s) %s, and allows a full load", (engine, product, version, first) => {
    expect(() => synth(source(engine, version))).toThrow(
      `The source must be ${product} ${first} or later for migrationType "full-load-and-cdc", because DMS captures changes since that version. Got ${version}.`,
    );
    expect(() => synth(source(engine, first))).not.toThrow();
    expect(() =>
      synth((scope) => ({ ...source(engine, version)(scope), migrationType: "full-load" })),
    ).not.toThrow();
  });

  test("refuses PostgreSQL 10.4 on either side, even to load it", () => {
    const old = { engineVersion: "10.4" } as object;
    expect(() =>
      synth((scope) => ({ migrationType: "full-load", source: endpoint(scope, "source", old) })),
    ).toThrow("The source must not be PostgreSQL 10.4, which DMS does not support. Got 10.4.");
    expect(() => synth((scope) => ({ target: endpoint(scope, "target", old) }))).toThrow(
      "The target must not be PostgreSQL 10.4, which DMS does not support. Got 10.4.",
    );
  });

  test("has Terraform refuse a version that only Terraform knows", () => {
    const { main } = synth((scope) =>
      source("postgres", new TerraformVariable(scope, "version", { type: "string" }).stringValue)(scope),
    );
    const preconditions = conditions(main, "precondition");
    expect(preconditions.map((it) => it.error_message)).toEqual([
      "The source must not be PostgreSQL 10.4, which DMS does not support. Got ${var.version}.",
      expect.stringMatching(/^The source must be RDS for PostgreSQL 10\.21 or later/),
    ]);
    const verdicts = terraformOutputs((stack) => {
      for (const version of ["10.4", "10.20", "10.21", "10.23-rds.20240418", "16", "16.4", "x"]) {
        const local = new TerraformLocal(stack, `v${version.replace(/\W/g, "_")}`, version).friendlyUniqueId;
        const value = preconditions.map((it) => it.condition.replaceAll("var.version", `local.${local}`));
        new TerraformOutput(stack, `${local}_verdict`, { value });
      }
    });
    expect(verdicts).toEqual({
      v10_4_verdict: [false, false],
      v10_20_verdict: [true, false],
      v10_21_verdict: [true, true],
      v10_23_rds_20240418_verdict: [true, true],
      v16_verdict: [true, true],
      v16_4_verdict: [true, true],
      vx_verdict: [false, false],
    });
  });

  test.each<[string, Given, string]>([
    [
      "that reads from a target",
      (scope) => {
        const target = endpoint(scope, "target");
        return { source: target, target };
      },
      'source must be an endpoint of type "source". Got an endpoint of type "target".',
    ],
    [
      "that keeps changes from going back and follows none",
      () => ({
        migrationType: "full-load",
        taskSettings: { loopbackPreventionSettings: { sourceSchema: "a", targetSchema: "b" } },
      }),
      'taskSettings.loopbackPreventionSettings must be omitted with migrationType "full-load"',
    ],
    [
      "by a name of none",
      () => ({ replicationTaskId: "orders-" }),
      "replicationTaskId must consist of 2 to 255 lower case letters",
    ],
  ])("%s is refused", (_, given, message) => {
    expect(() => synth(given)).toThrow(message);
  });
});
