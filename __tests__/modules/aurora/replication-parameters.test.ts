import { TerraformOutput, TerraformVariable } from "cdktf";
import {
  replicationParameters,
  type ReplicationParametersProps,
} from "../../../modules/aurora/replication-parameters";
import { terraformOutputs } from "../replication/terraform-outputs";

function parameters(props: ReplicationParametersProps = {}) {
  return Object.fromEntries(
    replicationParameters(props).map(({ name, value, applyMethod }) => [name, [value, applyMethod]]),
  );
}

function values(props: ReplicationParametersProps): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(parameters(props)).map(([name, [value]]) => [name, value]));
}

test("by default there is room for one subscriber and one subscription, and all of it waits for a reboot", () => {
  expect(parameters()).toEqual({
    "rds.logical_replication": ["1", "pending-reboot"],
    max_replication_slots: ["20", "pending-reboot"],
    max_wal_senders: ["25", "pending-reboot"],
    max_logical_replication_workers: ["10", "pending-reboot"],
    max_worker_processes: ["GREATEST({DBInstanceVCPU*2},21)", "pending-reboot"],
  });
});

test("a publisher gets a slot for each consumer, for each table that is copied, and to spare; and senders for them", () => {
  expect(values({ subscribers: 6, subscriptions: 0, tablesSyncedAtOnce: 4, dmsTasks: 3, spare: 2 })).toEqual({
    "rds.logical_replication": "1",
    max_replication_slots: String(6 * 5 + 3 + 2),
    max_wal_senders: String(6 * 5 + 3 + 2 + 2),
    max_logical_replication_workers: "4",
    max_sync_workers_per_subscription: "4",
    max_worker_processes: "GREATEST({DBInstanceVCPU*2},15)",
  });
});

test("a subscriber gets workers for each subscription, and as many replication origins as slots", () => {
  expect(values({ subscribers: 0, subscriptions: 7, tablesSyncedAtOnce: 3, spare: 1 })).toEqual({
    "rds.logical_replication": "1",
    max_replication_slots: String(7 * 4 + 1),
    max_wal_senders: String(7 * 4 + 1 + 1),
    max_logical_replication_workers: String(7 * 6 + 1),
    max_sync_workers_per_subscription: "3",
    max_worker_processes: `GREATEST({DBInstanceVCPU*2},${7 * 6 + 1 + 11})`,
  });
});

test("nothing is less than what servers have anyway", () => {
  const none = { subscribers: 0, subscriptions: 0, spare: 0 };
  expect(values(none)).toMatchObject({
    max_replication_slots: "20",
    max_wal_senders: "20",
    max_logical_replication_workers: "4",
  });
});

test("how many tables are copied at once takes effect at once, and is left alone where it is PostgreSQL's own", () => {
  const name = "max_sync_workers_per_subscription";
  expect(parameters({ tablesSyncedAtOnce: 8 })[name]).toEqual(["8", "immediate"]);
  expect(parameters({ tablesSyncedAtOnce: 2 })).not.toHaveProperty(name);
});

test("a computed value gives way to one's own, with the apply method that goes with it", () => {
  expect(
    parameters({
      tablesSyncedAtOnce: 3,
      parameters: { max_replication_slots: 200, max_sync_workers_per_subscription: 16 },
    }),
  ).toMatchObject({
    max_replication_slots: ["200", "pending-reboot"],
    max_sync_workers_per_subscription: ["16", "immediate"],
  });
});

test("further parameters wait for a reboot, which RDS takes for all of them, unless somebody knows better", () => {
  expect(
    parameters({
      parameters: {
        shared_preload_libraries: "pg_stat_statements",
        wal_sender_timeout: { value: 0, applyMethod: "immediate" },
      },
    }),
  ).toMatchObject({
    shared_preload_libraries: ["pg_stat_statements", "pending-reboot"],
    wal_sender_timeout: ["0", "immediate"],
  });
});

test("names and truth values become RDS's, so that Terraform finds what it has written", () => {
  expect(
    parameters({ parameters: { "rds.force_ssl": true, autovacuum: false, TimeZone: "UTC" } }),
  ).toMatchObject({
    "rds.force_ssl": ["1", "pending-reboot"],
    autovacuum: ["0", "pending-reboot"],
    timezone: ["UTC", "pending-reboot"],
  });
});

test("values that only Terraform knows pass through", () => {
  const { text, number } = terraformOutputs((stack) => {
    const variable = (name: string, type: string, value: unknown) =>
      new TerraformVariable(stack, name, { type, default: value });
    const given = {
      work_mem: variable("work_mem", "string", "65536").stringValue,
      max_wal_senders: variable("senders", "number", 40).numberValue,
    };
    const found = new Map(
      replicationParameters({ parameters: given }).map(({ name, value }) => [name, value]),
    );
    new TerraformOutput(stack, "text", { value: found.get("work_mem") });
    new TerraformOutput(stack, "number", { value: found.get("max_wal_senders") });
  });
  expect([text, String(number)]).toEqual(["65536", "40"]);
});

test("parameters come in the order of their names, whatever order they were given in", () => {
  const given = (parameters: ReplicationParametersProps["parameters"] & object) =>
    JSON.stringify(replicationParameters({ parameters }));
  expect(given({ work_mem: 1, autovacuum: 1 })).toBe(given({ autovacuum: 1, work_mem: 1 }));
});

test("a static parameter with the apply method immediate, which RDS refuses, is refused", () => {
  expect(() =>
    parameters({ parameters: { max_wal_senders: { value: 30, applyMethod: "immediate" } } }),
  ).toThrow(
    'parameters: applyMethod of max_wal_senders must be "pending-reboot", because the parameter is static. Got "immediate".',
  );
});

test("logical replication cannot be turned off here", () => {
  expect(() => parameters({ parameters: { "rds.logical_replication": 0 } })).toThrow(
    'parameters: rds.logical_replication must be 1 or omitted, because logical replication requires it. Got "0".',
  );
});

test.each([
  ["subscribers", -1, 0],
  ["subscriptions", 1.5, 0],
  ["dmsTasks", Number.NaN, 0],
  ["spare", Number.POSITIVE_INFINITY, 0],
  ["tablesSyncedAtOnce", 0, 1],
])("%s: %p is refused", (property, value, least) => {
  expect(() => parameters({ [property]: value })).toThrow(
    `${property} must be a whole number, at least ${least}. Got ${value}.`,
  );
});

test("a number that is not known yet is refused, since the others are computed from it", () => {
  terraformOutputs((stack) => {
    const { numberValue } = new TerraformVariable(stack, "n", { type: "number", default: 1 });
    expect(() => parameters({ subscribers: numberValue })).toThrow(
      "subscribers must be a whole number, at least 0. Got a value that is unknown until Terraform runs.",
    );
  });
});
