import type { Planned } from "../../../../provider/framework/values";
import { ServerVersion } from "../../../../provider/postgres/server-version";
import {
  changeRefusal,
  changeSteps,
  type Situation,
  type Step,
} from "../../../../provider/resources/subscription/change";
import type {
  SubscriptionSchema,
  SubscriptionState,
} from "../../../../provider/resources/subscription/schema";

const prior: SubscriptionState = {
  name: "s",
  database: "db",
  conninfo: "host=a",
  password_wo_version: "1",
  publisher_conninfo: null,
  publications: ["p"],
  published_tables: null,
  tables: ["public.t"],
  owner: "postgres",
  enabled: true,
  create_slot: true,
  slot_name: "s",
  copy_data: true,
  refresh_triggers: null,
  detach_if_unreachable: false,
  on_broken: "warning",
  synchronous_commit: "off",
  binary: false,
  streaming: "parallel",
  two_phase: false,
  disable_on_error: false,
  password_required: true,
  run_as_owner: false,
  origin: "any",
  failover: false,
};

const situation: Situation = {
  subscriberVersion: new ServerVersion(180004),
  enabled: true,
  slotName: "s",
  conninfo: null,
  publisher: { version: new ServerVersion(180004), newTables: [], goneTables: [] },
};

const table = { schema: "public", name: "u" };

/** The steps as lines of text. */
function stepsFor(
  changes: Partial<SubscriptionState>,
  at: Partial<Situation> = {},
  before: Partial<SubscriptionState> = {},
): string[] {
  const was = { ...prior, ...before };
  const planned = { ...was, ...changes } as Planned<SubscriptionSchema>;
  return changeSteps(was, planned, { ...situation, ...at }, "host=new password=secret").map(line);
}

function line(step: Step): string {
  if (!("await" in step)) {
    const text = step.run.text.replace(/^ALTER SUBSCRIPTION "s" /, "");
    return step.at === "publisher" ? `at the publisher: ${text}` : text;
  }
  const condition = step.await;
  const subject = "slot" in condition && condition.slot !== null ? ` (${condition.slot})` : "";
  return `await ${condition.is}${subject}`;
}

const withPublisher = (
  version: number,
  newTables = [] as (typeof table)[],
  goneTables = [] as (typeof table)[],
) => ({
  publisher: { version: new ServerVersion(version * 10_000), newTables, goneTables },
});

describe("the steps of a change", () => {
  test("nothing is done when nothing changes", () => {
    expect(stepsFor({})).toEqual([]);
  });

  test("a publication is added only after the subscription has caught up, as a part of the whole list", () => {
    expect(stepsFor({ publications: ["p", "q"] })).toEqual([
      "await publications exist",
      "await caught up (s)",
      'SET PUBLICATION "p", "q" WITH (refresh = true, copy_data = TRUE)',
    ]);
  });

  test("a publication is removed at once", () => {
    expect(stepsFor({ publications: ["p"] }, {}, { publications: ["p", "q"] })).toEqual([
      'SET PUBLICATION "p" WITH (refresh = true, copy_data = TRUE)',
    ]);
  });

  test("a disabled subscription gets its publications without a refresh", () => {
    const disabled = { enabled: false };
    expect(stepsFor({ publications: ["q"] }, disabled, disabled)).toEqual([
      "await publications exist",
      "await caught up (s)",
      'SET PUBLICATION "q" WITH (refresh = false)',
    ]);
  });

  test("tables are added only when they are empty, and removed when they are not published any more", () => {
    expect(stepsFor({}, withPublisher(18, [table]))).toEqual([
      "await tables empty",
      "REFRESH PUBLICATION WITH (copy_data = TRUE)",
    ]);
    expect(stepsFor({}, withPublisher(18, [], [table]))).toEqual([
      "REFRESH PUBLICATION WITH (copy_data = TRUE)",
    ]);
    expect(stepsFor({ copy_data: false }, withPublisher(18, [table]))).toEqual([
      "REFRESH PUBLICATION WITH (copy_data = FALSE)",
    ]);
  });

  test("without the publisher, a refresh follows the triggers", () => {
    const alone = { publisher: null };
    expect(stepsFor({}, alone)).toEqual([]);
    expect(stepsFor({ refresh_triggers: { a: "1" } }, alone)).toEqual([
      "REFRESH PUBLICATION WITH (copy_data = TRUE)",
    ]);
    expect(stepsFor({ published_tables: ["public.u"] }, alone)).toEqual([
      "REFRESH PUBLICATION WITH (copy_data = TRUE)",
    ]);
    expect(stepsFor({}, { ...alone, enabled: false }, { enabled: false })).toEqual([]);
  });

  test("a new connection string comes first, and must connect", () => {
    expect(stepsFor({ conninfo: "host=new", publications: ["p", "q"] })).toEqual([
      "await slot exists (s)",
      "await publications exist",
      "CONNECTION 'host=new password=secret'",
      "await worker connected",
      "await caught up (s)",
      'SET PUBLICATION "p", "q" WITH (refresh = true, copy_data = TRUE)',
    ]);
    expect(stepsFor({ password_wo_version: "2" })).toEqual([
      "CONNECTION 'host=new password=secret'",
      "await worker connected",
    ]);
    expect(stepsFor({ password_wo_version: "2" }, { conninfo: "password=secret host=new" })).toEqual([]);
  });

  test("options that need it are altered while no worker runs", () => {
    expect(stepsFor({ failover: true, disable_on_error: true })).toEqual([
      "SET (disable_on_error = TRUE)",
      "DISABLE",
      "await worker stopped (s)",
      "SET (failover = TRUE)",
      "ENABLE",
    ]);
    expect(stepsFor({ failover: true, enabled: false })).toEqual([
      "DISABLE",
      "await worker stopped (s)",
      "SET (failover = TRUE)",
    ]);
    const disabled = { enabled: false };
    expect(stepsFor({ failover: true, enabled: true }, disabled, disabled)).toEqual([
      "SET (failover = TRUE)",
      "ENABLE",
    ]);
  });

  test("a slot is moved as a copy that has the same position", () => {
    expect(stepsFor({ slot_name: "n" })).toEqual([
      "DISABLE",
      "await worker stopped (s)",
      "at the publisher: SELECT pg_catalog.pg_copy_logical_replication_slot('s', 'n')",
      "SET (slot_name = 'n')",
      "ENABLE",
      "at the publisher: SELECT pg_catalog.pg_drop_replication_slot('s')",
    ]);
  });

  test("before PostgreSQL 12 a new slot is read from once the old one has been read up to its start", () => {
    expect(stepsFor({ slot_name: "n" }, withPublisher(11))).toEqual([
      "at the publisher: SELECT pg_catalog.pg_create_logical_replication_slot('n', 'pgoutput')",
      "await slot passed (s)",
      "DISABLE",
      "await worker stopped (s)",
      "SET (slot_name = 'n')",
      "ENABLE",
      "at the publisher: SELECT pg_catalog.pg_drop_replication_slot('s')",
    ]);
  });

  test("another slot of the user's own must exist, and no slot is dropped", () => {
    const own = { create_slot: false };
    expect(stepsFor({ slot_name: "n" }, {}, own)).toEqual([
      "await slot exists (n)",
      "await slot passed (s)",
      "DISABLE",
      "await worker stopped (s)",
      "SET (slot_name = 'n')",
      "ENABLE",
    ]);
  });

  test("a subscription that disabled itself is enabled before it is refreshed", () => {
    expect(stepsFor({}, { enabled: false, ...withPublisher(18, [table]) })).toEqual([
      "await tables empty",
      "ENABLE",
      "REFRESH PUBLICATION WITH (copy_data = TRUE)",
    ]);
  });

  test("two_phase ends before tables are added, and begins afterwards", () => {
    const grown = withPublisher(18, [table]);
    expect(stepsFor({ two_phase: false }, grown, { two_phase: true })).toEqual([
      "await tables empty",
      "DISABLE",
      "await worker stopped (s)",
      "SET (two_phase = FALSE)",
      "ENABLE",
      "REFRESH PUBLICATION WITH (copy_data = TRUE)",
    ]);
    expect(stepsFor({ two_phase: true }, grown)).toEqual([
      "await tables empty",
      "REFRESH PUBLICATION WITH (copy_data = TRUE)",
      "DISABLE",
      "await worker stopped (s)",
      "SET (two_phase = TRUE)",
      "ENABLE",
    ]);
  });

  test("the owner and the name come last", () => {
    expect(stepsFor({ name: "r", owner: "o", synchronous_commit: "on" })).toEqual([
      "SET (synchronous_commit = 'on')",
      'OWNER TO "o"',
      'RENAME TO "r"',
    ]);
  });
});

describe("a change is refused", () => {
  const refusal = (
    changes: Partial<SubscriptionState>,
    before: Partial<SubscriptionState>,
    at: Partial<Situation> = {},
  ) =>
    changeRefusal({ ...prior, ...before }, { ...prior, ...before, ...changes }, { ...situation, ...at })
      ?.attribute;

  test("that moves the slot of a subscription with two_phase", () => {
    expect(refusal({ slot_name: "n" }, { two_phase: true })).toBe("slot_name");
    expect(refusal({ slot_name: "n" }, {})).toBeUndefined();
  });

  test("that would copy tables into a subscription with two_phase", () => {
    const grown = withPublisher(18, [table]);
    expect(refusal({}, { two_phase: true }, grown)).toBe("two_phase");
    expect(refusal({ two_phase: false }, { two_phase: true }, grown)).toBeUndefined();
    expect(refusal({ copy_data: false }, { two_phase: true }, grown)).toBeUndefined();
    expect(refusal({ refresh_triggers: { a: "1" } }, { two_phase: true }, { publisher: null })).toBe(
      "two_phase",
    );
  });
});
