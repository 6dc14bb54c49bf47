import { TerraformOutput, Token } from "cdktf";
import type { Construct } from "constructs";
import {
  DmsAlarms,
  type DmsAlarmsProps,
  DmsLogGroup,
  ReplicationDashboard,
  ReplicationSlotAlarms,
  type ReplicationSlotAlarmsProps,
} from "../../../modules/monitoring";
import { all, matching, only, synthesizedStack } from "../aurora/synthesized-stack";
import { terraformOutputs } from "../replication/terraform-outputs";

const GIB = 1024 ** 3;
const cluster = { kind: "cluster", identifier: "orders" } as const;
const instance = { kind: "instance", identifier: "orders" } as const;
const task = {
  replicationTaskId: "move",
  replicationTaskArn: "arn:aws:dms:eu-central-1:123456789012:task:ABC",
  resourceId: "ABC",
  replicationInstanceId: "mover",
};

function synth(define: (scope: Construct) => void) {
  return synthesizedStack(define).resource ?? {};
}

/** The alarms by their metric. */
function alarms(resource: ReturnType<typeof synth>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    all(resource, "aws_cloudwatch_metric_alarm").map((it) => [String(it["metric_name"]), it]),
  );
}

const slots = (given: Partial<ReplicationSlotAlarmsProps> = {}) =>
  synth(
    (scope) => new ReplicationSlotAlarms(scope, "alarms", { namePrefix: "it", server: cluster, ...given }),
  );
const dms = (given: Partial<DmsAlarmsProps> = {}) =>
  synth((scope) => new DmsAlarms(scope, "alarms", { namePrefix: "it", task, ...given }));

describe("ReplicationSlotAlarms", () => {
  test("watch what the slots of a cluster's writer keep, whichever instance that is", () => {
    const common = {
      namespace: "AWS/RDS",
      dimensions: { DBClusterIdentifier: "orders", Role: "WRITER" },
      comparison_operator: "GreaterThanThreshold",
      statistic: "Maximum",
      period: 60,
      evaluation_periods: 5,
      treat_missing_data: "notBreaching",
      alarm_actions: [],
    };
    expect(alarms(slots())).toMatchObject({
      OldestReplicationSlotLag: { ...common, alarm_name: "it-oldest-slot-lag", threshold: 10 * GIB },
      ReplicationSlotDiskUsage: { ...common, alarm_name: "it-slot-disk-usage", threshold: 5 * GIB },
      TransactionLogsDiskUsage: {
        ...common,
        alarm_name: "it-transaction-logs-disk-usage",
        threshold: 20 * GIB,
      },
    });
  });

  test("watch the logical slots of an RDS instance, which has others too", () => {
    const found = alarms(slots({ server: instance }));
    expect(Object.keys(found).sort()).toEqual([
      "OldestLogicalReplicationSlotLag",
      "ReplicationSlotDiskUsage",
      "TransactionLogsDiskUsage",
    ]);
    expect(found).toMatchObject({
      ReplicationSlotDiskUsage: { dimensions: { DBInstanceIdentifier: "orders" } },
    });
  });

  test("go off at other thresholds, after another time, and tell the topics of it and of its end", () => {
    const topics = ["arn:topic"];
    const given = {
      oldestSlotLagBytes: GIB,
      evaluationMinutes: 15,
      alarmActions: topics,
      tags: { team: "data" },
    };
    expect(alarms(slots(given))["OldestReplicationSlotLag"]).toMatchObject({
      threshold: GIB,
      evaluation_periods: 15,
      alarm_actions: topics,
      ok_actions: topics,
      tags: { team: "data" },
    });
  });

  test.each([
    "oldestSlotLagBytes",
    "slotDiskUsageBytes",
    "transactionLogsDiskUsageBytes",
    "evaluationMinutes",
  ])("refuse zero as %s", (property) => {
    expect(() => slots({ [property]: 0 })).toThrow(`${property} must be a whole number, at least 1. Got 0.`);
  });
});

describe("DmsAlarms", () => {
  test("watch how far the task and the target are behind", () => {
    const dimensions = { ReplicationInstanceIdentifier: "mover", ReplicationTaskIdentifier: "ABC" };
    expect(alarms(dms())).toMatchObject({
      CDCLatencySource: { namespace: "AWS/DMS", dimensions, threshold: 300 },
      CDCLatencyTarget: { namespace: "AWS/DMS", dimensions, threshold: 600 },
    });
    expect(alarms(dms({ latencySourceSeconds: 60, latencyTargetSeconds: 90 }))).toMatchObject({
      CDCLatencySource: { threshold: 60 },
      CDCLatencyTarget: { threshold: 90 },
    });
  });

  test("tell every topic that this task failed, by the event that DMS sends", () => {
    const resource = dms({ alarmActions: ["arn:a", "arn:b"] });
    const rule = only(resource, "aws_cloudwatch_event_rule");
    const { pattern } = terraformOutputs((stack) => {
      new TerraformOutput(stack, "pattern", { value: rule["event_pattern"] });
    });
    expect(JSON.parse(String(pattern))).toEqual({
      source: ["aws.dms"],
      "detail-type": ["DMS Replication Task State Change"],
      resources: [task.replicationTaskArn],
      detail: { eventType: ["REPLICATION_TASK_FAILED"] },
    });
    expect(all(resource, "aws_cloudwatch_event_target").map((it) => it["arn"])).toEqual(["arn:a", "arn:b"]);
    expect(dms()).not.toHaveProperty("aws_cloudwatch_event_rule");
  });

  test("refuse topics that nobody knows the number of", () => {
    expect(() => dms({ alarmActions: Token.asList({ token: 1 }) })).toThrow(
      "alarmActions must be a list whose length is known at synthesis",
    );
  });

  test.each(["latencySourceSeconds", "latencyTargetSeconds"])("refuse zero as %s", (property) => {
    expect(() => dms({ [property]: 0 })).toThrow(`${property} must be a whole number, at least 1. Got 0.`);
  });
});

describe("a ReplicationDashboard", () => {
  function widgets(given: { readonly task?: typeof task }) {
    const resource = synth((scope) => {
      new ReplicationDashboard(scope, "dashboard", { dashboardName: "it", publisher: cluster, ...given });
    });
    const { body } = terraformOutputs((stack) => {
      const value = String(only(resource, "aws_cloudwatch_dashboard")["dashboard_body"]);
      new TerraformOutput(stack, "body", {
        value: value.replace(/data\.aws_region\.\w+\.id/g, '"eu-central-1"'),
      });
    });
    return (JSON.parse(String(body)) as { readonly widgets: readonly object[] }).widgets;
  }

  test("plots what the publisher's slots keep", () => {
    expect(widgets({})).toMatchObject([
      {
        type: "metric",
        properties: {
          region: "eu-central-1",
          metrics: [
            ["AWS/RDS", "OldestReplicationSlotLag", "DBClusterIdentifier", "orders", "Role", "WRITER"],
          ],
        },
      },
      {
        y: 6,
        properties: {
          metrics: [
            ["AWS/RDS", "ReplicationSlotDiskUsage", ...Array<unknown>(4).fill(expect.anything())],
            ["AWS/RDS", "TransactionLogsDiskUsage", ...Array<unknown>(4).fill(expect.anything())],
          ],
        },
      },
    ]);
  });

  test("plots how far a task of DMS is behind, too", () => {
    expect(widgets({ task })[0]).toMatchObject({
      properties: {
        metrics: [
          [
            "AWS/DMS",
            "CDCLatencySource",
            "ReplicationInstanceIdentifier",
            "mover",
            "ReplicationTaskIdentifier",
            "ABC",
          ],
          [
            "AWS/DMS",
            "CDCLatencyTarget",
            "ReplicationInstanceIdentifier",
            "mover",
            "ReplicationTaskIdentifier",
            "ABC",
          ],
        ],
      },
    });
    expect(widgets({ task })).toHaveLength(3);
  });
});

describe("a DmsLogGroup", () => {
  test("has the name that DMS writes to, and keeps logs for 30 days unless told otherwise", () => {
    const group = (given: object = {}) =>
      only(
        synth((scope) => new DmsLogGroup(scope, "logs", { replicationInstanceId: "mover", ...given })),
        "aws_cloudwatch_log_group",
      );
    expect(group()).toMatchObject({ name: "dms-tasks-mover", retention_in_days: 30 });
    expect(group()).not.toHaveProperty("kms_key_id");
    expect(group({ retentionInDays: 7, kmsKeyId: "arn:key" })).toMatchObject({
      retention_in_days: 7,
      kms_key_id: matching(/^arn:key$/),
    });
  });
});
