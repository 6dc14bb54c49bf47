import type { Diagnostics } from "../../framework/diagnostics";
import { type Attribute, optionalComputed } from "../../framework/schema";
import { bool, string } from "../../framework/value-type";
import type { SessionInfo } from "../../postgres/session";
import type { ServerVersion } from "../../postgres/server-version";
import { list, lit, type Sql, sql, verbatim } from "../../postgres/sql";
import { requireVersion } from "../shared/plan-check";

/** A check that a value is one of some words. */
export const oneOf =
  (...values: string[]) =>
  (value: string): string | null =>
    values.includes(value) ? null : `is ${JSON.stringify(value)}. It must be one of ${values.join(", ")}.`;

/** The options of CREATE and ALTER SUBSCRIPTION … WITH/SET that PostgreSQL has learnt over the years. Left out, they are the server's default. */
export const subscriptionOptions = {
  synchronous_commit: optionalComputed(string, {
    description: "The `synchronous_commit` of the subscription's workers (server default: `off`).",
    validate: oneOf("off", "local", "remote_write", "remote_apply", "on"),
  }),
  binary: optionalComputed(bool, {
    description:
      "Whether values travel in binary form (server default: `false`). Needs PostgreSQL 14 or later; the first copy is binary from 16 on.",
  }),
  streaming: optionalComputed(string, {
    description:
      "Whether transactions are sent while they are in progress: `off`, `on` (PostgreSQL 14 or later) or `parallel` (16 or later). The server's default is `off`, from 18 on `parallel`.",
    validate: oneOf("off", "on", "parallel"),
  }),
  two_phase: optionalComputed(bool, {
    description:
      "Whether prepared transactions are sent when they are prepared (server default: `false`). Needs PostgreSQL 15 or later; altered in place from 18 on.",
  }),
  disable_on_error: optionalComputed(bool, {
    description:
      "Whether the subscription disables itself when its worker fails (server default: `false`). A lost connection counts as a failure: a network failure or a restart of the publisher also disables the subscription, and it stays disabled until the next apply. Requires PostgreSQL 15 or later.",
  }),
  password_required: optionalComputed(bool, {
    description:
      "Whether the connection must authenticate with a password when the owner is no superuser (server default: `true`). Needs PostgreSQL 16 or later.",
  }),
  run_as_owner: optionalComputed(bool, {
    description:
      "Whether changes are applied as the subscription's owner instead of the table's (server default: `false`). Needs PostgreSQL 16 or later.",
  }),
  origin: optionalComputed(string, {
    description:
      "Which changes the publisher sends: `any`, or `none` for those only that it did not receive by replication itself (server default: `any`). Needs PostgreSQL 16 or later.",
    validate: oneOf("any", "none"),
  }),
  failover: optionalComputed(bool, {
    description:
      "Whether the slot is kept up to date on the publisher's standbys (server default: `false`). Needs PostgreSQL 17 or later. Altering it pauses the subscription for a moment.",
  }),
};

type OptionName = keyof typeof subscriptionOptions;
type ValueOf<A> = A extends Attribute<infer T, "optionalComputed"> ? T : never;

/** The options' values. Null where the server's version does not have the option. */
export type SubscriptionOptions = {
  readonly [N in OptionName]: ValueOf<(typeof subscriptionOptions)[N]> | null;
};

/** Since which major version there is the option, and whether it can be altered while the subscription is enabled. */
const FACTS: Readonly<
  Record<OptionName, { readonly since: number; readonly alter: "any-time" | "while-disabled" }>
> = {
  synchronous_commit: { since: 10, alter: "any-time" },
  binary: { since: 14, alter: "any-time" },
  streaming: { since: 14, alter: "any-time" },
  two_phase: { since: 15, alter: "while-disabled" },
  disable_on_error: { since: 15, alter: "any-time" },
  password_required: { since: 16, alter: "any-time" },
  run_as_owner: { since: 16, alter: "any-time" },
  origin: { since: 16, alter: "any-time" },
  failover: { since: 17, alter: "while-disabled" },
};

const OPTION_NAMES = Object.keys(FACTS) as OptionName[];

/** Complains about every option in the configuration that the server is too old for. */
export function requireOptionVersions(
  config: { readonly [N in OptionName]: SubscriptionOptions[N] | undefined },
  version: ServerVersion,
  diagnostics: Diagnostics,
): void {
  for (const name of OPTION_NAMES) {
    if ((config[name] ?? null) !== null) requireVersion(diagnostics, version, FACTS[name].since, name);
  }
  if (config.streaming === "parallel" && version.atLeast(FACTS.streaming.since)) {
    requireVersion(diagnostics, version, 16, "streaming");
  }
}

/** `name = value` for each option that is set and differs; for a new subscription (`before` is null) for each that is set. */
export function optionSettings(
  before: SubscriptionOptions | null,
  after: { readonly [N in OptionName]: SubscriptionOptions[N] | undefined },
  alter?: "any-time" | "while-disabled",
): Sql[] {
  return OPTION_NAMES.filter((name) => alter === undefined || FACTS[name].alter === alter).flatMap((name) => {
    const value = after[name] ?? null;
    return value === null || value === before?.[name] ? [] : [sql`${verbatim(name)} = ${lit(value)}`];
  });
}

/** What the options' columns of pg_subscription are read into. */
export type OptionsRow = { readonly [N in OptionName as `option_${N}`]: SubscriptionOptions[N] };

/** The columns of pg_subscription that hold the options, as far as this version has them and this user may read them. */
export function optionColumns({ version, canReadSubsynccommit }: SessionInfo): Sql {
  const columns: Readonly<Record<OptionName, Sql>> = {
    synchronous_commit: canReadSubsynccommit ? sql`subsynccommit` : sql`NULL`,
    binary: sql`subbinary`,
    // A boolean in 14 and 15, and a character since.
    streaming: sql`CASE substream::text WHEN 'p' THEN 'parallel' WHEN 't' THEN 'on' WHEN 'true' THEN 'on' ELSE 'off' END`,
    two_phase: sql`subtwophasestate <> 'd'`,
    disable_on_error: sql`subdisableonerr`,
    password_required: sql`subpasswordrequired`,
    run_as_owner: sql`subrunasowner`,
    origin: sql`suborigin`,
    failover: sql`subfailover`,
  };
  return list(
    OPTION_NAMES.map((name) => {
      const column = version.atLeast(FACTS[name].since) ? columns[name] : sql`NULL`;
      return sql`${column} AS ${verbatim(`option_${name}`)}`;
    }),
  );
}

/** The options of a row; one that this user may not read stays as it was `before`. */
export function optionsOf(
  row: OptionsRow,
  before: { readonly synchronous_commit?: string | null | undefined },
): SubscriptionOptions {
  return {
    synchronous_commit: row.option_synchronous_commit ?? before.synchronous_commit ?? null,
    binary: row.option_binary,
    streaming: row.option_streaming,
    two_phase: row.option_two_phase,
    disable_on_error: row.option_disable_on_error,
    password_required: row.option_password_required,
    run_as_owner: row.option_run_as_owner,
    origin: row.option_origin,
    failover: row.option_failover,
  };
}
