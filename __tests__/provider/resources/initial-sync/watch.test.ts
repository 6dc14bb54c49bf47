import type {
  SubscribedTable,
  SubscriptionStatus,
  TableState,
} from "../../../../provider/postgres/subscription-status";
import { CopyWatch, type Symptom } from "../../../../provider/resources/initial-sync/watch";

/** A table by its state, and the worker that copies it. */
type Tables = Readonly<Record<string, readonly [TableState, number | null]>>;

interface Moment {
  readonly seconds: number;
  readonly tables: Tables;
  readonly errors?: number | null;
  readonly worker?: number | null;
  readonly lsn?: string | null;
}

function status({ tables, errors = 0, worker = 1, lsn = "0/1" }: Moment): SubscriptionStatus {
  return {
    enabled: true,
    worker_running: worker !== null,
    worker_pid: worker,
    worker_seconds: null,
    received_lsn: worker === null ? null : lsn,
    latest_end_lsn: null,
    latest_end_time: null,
    apply_error_count: errors,
    sync_error_count: errors,
    tables: Object.entries(tables).map(([name, [state, pid]]): SubscribedTable => ({
      schema: "public",
      name,
      state,
      worker_running: pid !== null,
      worker_pid: pid,
    })),
  };
}

/** The first symptom in what is seen every second, with the second in which it is. */
function firstSymptom(
  seconds: number,
  moment: (second: number) => Omit<Moment, "seconds">,
): { readonly second: number; readonly symptom: Symptom } | undefined {
  const watch = new CopyWatch();
  for (let second = 0; second <= seconds; second += 1) {
    const symptom = watch.observe(status({ seconds: second, ...moment(second) }), 1_000_000 + second * 1_000);
    if (symptom !== null) {
      return { second, symptom };
    }
  }
  return undefined;
}

const HOURS = 3 * 3_600;

test("a slow copy is no symptom, however long its worker runs", () => {
  expect(firstSymptom(HOURS, () => ({ tables: { a: ["copying", 7] } }))).toBeUndefined();
});

test("copies that wait for their turn are no symptom", () => {
  const tables = (second: number): Tables => {
    const turn = Math.floor(second / 600);
    return Object.fromEntries(
      Array.from({ length: 18 }, (_, index) => [
        `t${index}`,
        index < turn ? ["ready", null] : index === turn ? ["copying", 100 + index] : ["initializing", null],
      ]),
    );
  };
  expect(firstSymptom(HOURS - 1, (second) => ({ tables: tables(second) }))).toBeUndefined();
});

test("a copy that is interrupted now and then, and begins anew, is no symptom", () => {
  // A restart after 10 minutes, another one after 30 more.
  const pid = (second: number): number | null => {
    if (second === 600 || second === 2_400) {
      return null;
    }
    return second < 600 ? 1 : second < 2_400 ? 2 : 3;
  };
  expect(firstSymptom(HOURS, (second) => ({ tables: { a: ["copying", pid(second)] } }))).toBeUndefined();
});

test("tables that wait for the worker which applies changes are no symptom while it stays", () => {
  expect(firstSymptom(HOURS, () => ({ tables: { a: ["synchronized", null] } }))).toBeUndefined();
  const { second, symptom } =
    firstSymptom(HOURS, (at) => ({ tables: { a: ["copied", null] }, worker: at })) ?? {};
  expect(second).toBe(30);
  expect(symptom).toMatchObject({ kind: "stalled", connected: false });
});

test("a copy that fails at once, again and again, is one as soon as it has done so for ten seconds", () => {
  // The server counts errors, and the worker is never seen.
  expect(
    firstSymptom(HOURS, (second) => ({ tables: { a: ["copying", null] }, errors: Math.floor(second / 5) })),
  ).toMatchObject({ second: 15, symptom: { kind: "failing", failedAttempts: 3, tables: [{ name: "a" }] } });
  // It does not count, and the worker is seen.
  expect(
    firstSymptom(HOURS, (second) => ({
      tables: { a: ["copying", second % 5 === 0 ? second : null] },
      errors: null,
    })),
  ).toMatchObject({ second: 11, symptom: { kind: "failing", failedAttempts: 3 } });
});

test("a copy that fails while another one goes on is one, and the other is not", () => {
  expect(
    firstSymptom(HOURS, (second) => ({
      tables: { slow: ["copying", 7], bad: ["copying", null] },
      errors: Math.floor(second / 5),
    })),
  ).toMatchObject({ second: 15, symptom: { kind: "failing", tables: [{ name: "bad" }] } });
});

test("a long copy that always fails at the same row is one after several attempts", () => {
  const attempt = (second: number): number | null => (second % 600 < 5 ? null : Math.floor(second / 600));
  const { second = 0, symptom } =
    firstSymptom(HOURS, (at) => ({
      tables: { a: ["copying", attempt(at)] },
      errors: Math.floor(at / 600),
    })) ?? {};
  expect(symptom).toMatchObject({ kind: "stalled", failedAttempts: 3 });
  expect(second).toBeGreaterThan(1_200);
  expect(second).toBeLessThan(2_500);
});

test("a copy that no server counts the errors of, and whose worker is too quick to be seen, is one after 30 seconds", () => {
  expect(firstSymptom(HOURS, () => ({ tables: { a: ["copying", null] }, errors: null }))).toMatchObject({
    second: 30,
    symptom: { kind: "stalled", connected: true, seconds: 30 },
  });
});

test("copies that no worker starts are one after 30 seconds, which says whether changes arrive", () => {
  const tables: Tables = { a: ["initializing", null], b: ["ready", null] };
  expect(firstSymptom(HOURS, () => ({ tables }))).toMatchObject({
    second: 30,
    symptom: { kind: "stalled", connected: true, busy: false, tables: [{ name: "a" }] },
  });
  expect(firstSymptom(HOURS, (second) => ({ tables, lsn: `0/${second}` }))).toMatchObject({
    second: 30,
    symptom: { connected: true, busy: true },
  });
});

test.each([
  ["is not running", (): null => null],
  ["is another one every few seconds", (second: number): number => second],
])("a worker that %s is one after 30 seconds", (_, worker) => {
  expect(
    firstSymptom(HOURS, (second) => ({ tables: { a: ["initializing", null] }, worker: worker(second) })),
  ).toMatchObject({ second: 30, symptom: { kind: "stalled", connected: false } });
});

test("any progress starts the time anew, and a symptom is reported every ten seconds at most", () => {
  const watch = new CopyWatch();
  const at = (second: number, state: TableState): Symptom | null =>
    watch.observe(status({ seconds: second, tables: { a: [state, null] }, errors: null }), second * 1_000);
  const symptoms = Array.from({ length: 100 }, (_, second) =>
    at(second, second < 25 ? "initializing" : "copying"),
  );
  expect(symptoms.flatMap((symptom, second) => (symptom === null ? [] : [second]))).toEqual([
    55, 65, 75, 85, 95,
  ]);
});

test("a table that appears, or is ready, is progress", () => {
  const tables = (second: number): Tables => ({
    a: [second < 20 ? "initializing" : "ready", null],
    b: ["initializing", null],
    ...(second >= 40 && { c: ["initializing", null] as const }),
  });
  expect(firstSymptom(HOURS, (second) => ({ tables: tables(second) }))).toMatchObject({ second: 70 });
});
