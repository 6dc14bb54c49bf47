import type { Diagnostics } from "../../framework/diagnostics";
import { type Attribute, type AttributeKind, defaulted, optionalComputed } from "../../framework/schema";
import { bool, listOf, string } from "../../framework/value-type";
import type { ServerVersion } from "../../postgres/server-version";
import { list, lit, type Sql, sql, verbatim } from "../../postgres/sql";
import { requireVersion } from "../shared/plan-check";

/** The operations that a publication can publish, in the order in which PostgreSQL lists them. */
const OPERATIONS = ["insert", "update", "delete", "truncate"] as const;
const GENERATED_COLUMNS = ["none", "stored"];

/** The options of CREATE and ALTER PUBLICATION … WITH/SET. */
export const publicationOptions = {
  publish_param: optionalComputed(listOf(string), {
    description:
      "The operations to publish: some of `insert`, `update`, `delete` and `truncate` (default: all of them). `truncate` requires PostgreSQL 11 or later.",
    validate: operationsComplaint,
    equivalent: sameOperations,
  }),
  publish_via_partition_root_param: defaulted(bool, false, {
    description:
      "Whether to publish changes of a partition as changes of its partitioned table (default: `false`). Requires PostgreSQL 13 or later.",
  }),
  publish_generated_columns: optionalComputed(string, {
    description:
      "Which generated columns to publish where `columns` does not name any: `none` or `stored` (server default: `none`). Requires PostgreSQL 18 or later.",
    validate: (value) =>
      GENERATED_COLUMNS.includes(value)
        ? null
        : `is ${JSON.stringify(value)}. It must be one of ${GENERATED_COLUMNS.join(", ")}.`,
  }),
};

type OptionName = keyof typeof publicationOptions;
type ValueOf<A> = A extends Attribute<infer T, AttributeKind> ? T : never;

/** The options' values. Null where the server's version does not have the option. */
export type PublicationOptions = {
  readonly [N in OptionName]:
    ValueOf<(typeof publicationOptions)[N]> | (N extends "publish_via_partition_root_param" ? never : null);
};

interface OptionFacts<T> {
  /** The major version that introduced the option. */
  readonly since: number;
  /** The option in WITH (…). */
  readonly setting: string;
  /** The column of pg_publication, as the attribute's value. */
  readonly column: (version: ServerVersion) => Sql;
  /** The value on a server that does not have the option. */
  readonly absent: T;
  readonly literal: (value: NonNullable<T>) => Sql;
  readonly same: (one: NonNullable<T>, other: NonNullable<T>) => boolean;
}

const FACTS: { readonly [N in OptionName]: OptionFacts<PublicationOptions[N]> } = {
  publish_param: {
    since: 10,
    setting: "publish",
    column: (version) => {
      const truncates = version.atLeast(11) ? sql`p.pubtruncate` : sql`false`;
      return sql`array_remove(ARRAY[CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
                                    CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN ${truncates} THEN 'truncate' END], NULL)`;
    },
    absent: null,
    literal: (operations) => lit(operations.join(", ")),
    same: sameOperations,
  },
  publish_via_partition_root_param: {
    since: 13,
    setting: "publish_via_partition_root",
    column: () => sql`p.pubviaroot`,
    absent: false,
    literal: lit,
    same: Object.is,
  },
  publish_generated_columns: {
    since: 18,
    setting: "publish_generated_columns",
    column: () => sql`CASE p.pubgencols WHEN 's' THEN 'stored' ELSE 'none' END`,
    absent: null,
    literal: lit,
    same: Object.is,
  },
};

const OPTION_NAMES = Object.keys(FACTS) as OptionName[];

/** What a configuration or a plan says about the options: undefined and null leave an option as it is. */
export type PlannedOptions = { readonly [N in OptionName]: PublicationOptions[N] | null | undefined };

/** Complains about every option in the configuration that the server is too old for. */
export function requireOptionVersions(
  config: PlannedOptions,
  version: ServerVersion,
  diagnostics: Diagnostics,
): void {
  for (const name of OPTION_NAMES) {
    const value = config[name] ?? FACTS[name].absent;
    if (value !== FACTS[name].absent) requireVersion(diagnostics, version, FACTS[name].since, name);
  }
  if (config.publish_param?.includes("truncate")) requireVersion(diagnostics, version, 11, "publish_param");
}

/** `name = value` for each option that differs; for a new publication (`before` is null) from the oldest servers' default. */
export function optionSettings(before: PublicationOptions | null, after: PlannedOptions): Sql[] {
  return OPTION_NAMES.flatMap((name) => settingOf(name, before, after));
}

function settingOf<N extends OptionName>(
  name: N,
  before: PublicationOptions | null,
  after: PlannedOptions,
): Sql[] {
  const { setting, absent, literal, same }: OptionFacts<PublicationOptions[N]> = FACTS[name];
  const wanted = after[name];
  const present = before === null ? absent : before[name];
  if (wanted === null || wanted === undefined) return [];
  if (present !== null && present !== undefined && same(present, wanted)) return [];
  return [sql`${verbatim(setting)} = ${literal(wanted)}`];
}

/** What the options' columns of pg_publication are read into. */
export type OptionsRow = { readonly [N in OptionName as `option_${N}`]: PublicationOptions[N] };

/** The columns of pg_publication, as `p`, that hold the options, as far as this version has them. */
export function optionColumns(version: ServerVersion): Sql {
  return list(
    OPTION_NAMES.map((name) => {
      const { since, column, absent } = FACTS[name];
      const value = version.atLeast(since) ? column(version) : absent === false ? lit(false) : sql`NULL`;
      return sql`${value} AS ${verbatim(`option_${name}`)}`;
    }),
  );
}

/** The options of a row. */
export function optionsOf(row: OptionsRow): PublicationOptions {
  return {
    publish_param: row.option_publish_param,
    publish_via_partition_root_param: row.option_publish_via_partition_root_param,
    publish_generated_columns: row.option_publish_generated_columns,
  };
}

function sameOperations(one: readonly string[], other: readonly string[]): boolean {
  return [...one].sort().join() === [...other].sort().join();
}

function operationsComplaint(operations: readonly string[]): string | null {
  if (operations.length === 0) {
    return `is empty. Leave it out to publish everything, or name some of ${OPERATIONS.join(", ")}.`;
  }
  const unknown = operations.find((operation) => !OPERATIONS.some((known) => known === operation));
  if (unknown !== undefined) {
    return `contains ${JSON.stringify(unknown)}. It may contain ${OPERATIONS.join(", ")}.`;
  }
  const repeated = operations.find((operation, index) => operations.indexOf(operation) !== index);
  return repeated === undefined
    ? null
    : `contains ${JSON.stringify(repeated)} twice. Name each operation once.`;
}
