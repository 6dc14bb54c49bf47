import type { OptionValue } from "./model";

/** An option, with the values that the model sets. */
export interface Option {
  /** The attribute of `postgresql_subscription` or `postgresql_publication`. */
  readonly name: string;
  readonly values: readonly OptionValue[];
  /** The first major version that has it. */
  readonly since: number;
  /**
   * An SQL expression over pg_subscription or pg_publication with the attribute's value.
   * @default - the server does not store the option
   */
  readonly column?: string;
}

const bool = (column: string): string => `CASE WHEN ${column} THEN 'true' ELSE 'false' END`;
const both = [true, false];

/** The options of a subscription, except those that decide which rows are copied and what a destroy leaves. */
export const SUBSCRIPTION_OPTIONS: readonly Option[] = [
  {
    name: "synchronous_commit",
    values: ["off", "local", "remote_write", "on"],
    since: 10,
    column: "subsynccommit",
  },
  { name: "binary", values: both, since: 14, column: bool("subbinary") },
  {
    name: "streaming",
    values: ["off", "on", "parallel"],
    since: 16,
    column: "CASE substream WHEN 'p' THEN 'parallel' WHEN 't' THEN 'on' ELSE 'off' END",
  },
  { name: "two_phase", values: both, since: 18, column: bool("subtwophasestate <> 'd'") },
  { name: "disable_on_error", values: both, since: 15, column: bool("subdisableonerr") },
  { name: "password_required", values: both, since: 16, column: bool("subpasswordrequired") },
  { name: "run_as_owner", values: both, since: 16, column: bool("subrunasowner") },
  { name: "origin", values: ["any", "none"], since: 16, column: "suborigin" },
  { name: "failover", values: both, since: 17, column: bool("subfailover") },
  { name: "detach_if_unreachable", values: both, since: 10 },
];

/** The options of a publication, with values that replicate all rows. */
export const PUBLICATION_OPTIONS: readonly Option[] = [
  {
    name: "publish_param",
    values: [
      ["insert", "update", "delete"],
      ["insert", "update", "delete", "truncate"],
    ],
    since: 11,
    column:
      "concat_ws(',', CASE WHEN pubinsert THEN 'insert' END, CASE WHEN pubupdate THEN 'update' END, CASE WHEN pubdelete THEN 'delete' END, CASE WHEN pubtruncate THEN 'truncate' END)",
  },
  { name: "publish_via_partition_root_param", values: both, since: 13, column: bool("pubviaroot") },
  {
    name: "publish_generated_columns",
    values: ["none", "stored"],
    since: 18,
    column: "CASE pubgencols WHEN 's' THEN 'stored' ELSE 'none' END",
  },
];
