import type { SubscriptionStatus } from "../../../../provider/postgres/subscription-status";
import { findingsOf, type Observation } from "../../../../provider/resources/subscription/health";

const status = {
  enabled: true,
  worker_running: true,
  apply_error_count: 0,
  sync_error_count: 0,
  tables: [],
} as unknown as SubscriptionStatus;

const healthy: Observation = {
  label: 'subscription "s"',
  name: "s",
  slotName: "s",
  publications: ["p"],
  status,
  workerStays: true,
  stuck: [],
  publisher: {
    slot: { plugin: "pgoutput", database: "db", active_pid: 7, lost: false, confirmed_flush_lsn: "0/1" },
    publications: ["p"],
  },
};

const summaries = (change: Partial<Observation>): string[] =>
  findingsOf({ ...healthy, ...change }).map(({ summary }) => summary);
const { publisher } = healthy;

test("a healthy subscription has no findings, and neither has one whose publisher cannot be asked", () => {
  expect(summaries({})).toEqual([]);
  expect(summaries({ publisher: undefined })).toEqual([]);
});

test("what is broken is named, and a consequence of it is not", () => {
  expect(summaries({ slotName: null, workerStays: false })).toEqual(["Subscription has no replication slot"]);
  expect(summaries({ publisher: { slot: null, publications: ["p"] }, workerStays: false })).toEqual([
    "Replication slot does not exist",
  ]);
  const lost = publisher?.slot && { slot: { ...publisher.slot, lost: true }, publications: ["p"] };
  expect(summaries({ publisher: lost ?? undefined, workerStays: false })).toEqual([
    "Replication slot is lost",
  ]);
  expect(
    summaries({ publisher: publisher && { ...publisher, publications: [] }, workerStays: false }),
  ).toEqual(["Publication does not exist"]);
  expect(summaries({ workerStays: false })).toEqual(["Replication is stopped"]);
});

test("a worker that does not stay is described by what is known about its errors", () => {
  const detail = (errors: number | null): string | undefined =>
    findingsOf({ ...healthy, workerStays: false, status: { ...status, apply_error_count: errors } })[0]
      ?.detail;
  expect(detail(0)).toMatch(/reported no error while applying changes.*process 7 reads from its slot/s);
  expect(detail(3)).toMatch(/Applying changes has failed 3 times/);
  expect(detail(null)).not.toMatch(/failed|no error/);
});

test("tables whose copy makes no progress are named, ten at most, and those with rows in particular", () => {
  const stuck = Array.from({ length: 12 }, (_, index) => ({
    schema: "public",
    name: `t${index}`,
    filled: index === 0,
  }));
  const [finding] = findingsOf({ ...healthy, stuck });
  expect(finding?.summary).toBe("Initial copy makes no progress");
  expect(finding?.detail).toMatch(
    /public\.t9 and 2 more are not copied.*public\.t0 contains rows already.*TRUNCATE/s,
  );
});
