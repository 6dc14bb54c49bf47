import {
  computed,
  defaulted,
  optional,
  optionalComputed,
  required,
  type Schema,
  writeOnly,
} from "../../framework/schema";
import { bool, listOf, mapOf, setOf, string } from "../../framework/value-type";
import type { State } from "../../framework/values";
import { tablesComplaint } from "../../postgres/relation-name";
import { conninfoComplaint, publisherComplaint, sameConninfoText } from "../shared/conninfo-attribute";
import { databaseAttribute } from "../shared/database-object";
import { identifierComplaint, slotNameComplaint } from "../shared/identifier";
import { oneOf, subscriptionOptions } from "./options";

/** The replication protocol has no way to quote a backslash in a publication's name. */
function publicationsComplaint(publications: readonly string[]): string | null {
  if (publications.length === 0) return "is empty. Name at least one publication.";
  const wrong = publications.find((name) => identifierComplaint(name) !== null || name.includes("\\"));
  if (wrong === undefined) return null;
  return `contains a name that ${identifierComplaint(wrong) ?? `has a backslash (${JSON.stringify(wrong)}). PostgreSQL cannot replicate a publication of such a name: rename it.`}`;
}

/** The schema of postgresql_subscription. */
export const subscriptionSchema = {
  description:
    "A subscription copies the tables of publications into this database and keeps them up to date. Every attribute except `database` is changed in place, and no change copies rows that were copied before. " +
    "Each plan also checks whether rows still arrive: a change that Terraform can repair is planned, and anything else is reported as a warning (see `on_broken`).",
  attributes: {
    name: required(string, {
      description: "Name of the subscription. Renamed in place.",
      validate: identifierComplaint,
    }),
    database: databaseAttribute,
    conninfo: required(string, {
      description:
        "Connection string with which the subscriber's server connects to the publisher, in libpq's format: `host=… port=… dbname=… user=…` or `postgresql://…`. Terraform stores it in the state, so put the password into `password_wo` instead. " +
        "Changed in place; a publisher without the subscription's slot is refused. `connect_timeout` (in seconds, default: 30) also limits how long an operation waits for an unreachable publisher.",
      sensitive: true,
      validate: conninfoComplaint,
      equivalent: sameConninfoText,
    }),
    password_wo: writeOnly(string, {
      description:
        "Password for `conninfo`. Only the subscriber's server stores it. Requires Terraform 1.11 or later.",
      requiredWith: ["password_wo_version"],
    }),
    password_wo_version: optional(string, {
      description:
        "Version of `password_wo`, as any string. Change this value to write `password_wo` to the subscription again. No row is copied again.",
      requiredWith: ["password_wo"],
    }),
    publisher_conninfo: optional(string, {
      description:
        "Connection string with which Terraform itself connects to the publisher (default: `conninfo`), for a publisher that this machine reaches under another address than the subscriber's server. `password_wo` is used for it too, unless it contains a password.",
      sensitive: true,
      validate: publisherComplaint,
      equivalent: sameConninfoText,
    }),
    publications: required(setOf(string), {
      description:
        "Publications to subscribe to. Changed in place: Terraform waits until the changes in flight have arrived, then the tables of an added publication are copied and all others continue.",
      validate: publicationsComplaint,
    }),
    published_tables: optional(setOf(string), {
      description:
        "The tables that the publications contain, as `schema.table` (default: Terraform asks the publisher). Set it to the `tables` of the `postgresql_publication` when the same configuration creates the publication: the plan can then check these tables for existing rows, and a new table is added in the same apply.",
      validate: (tables) => tablesComplaint(tables),
    }),
    tables: computed(listOf(string), {
      description:
        "Tables that the subscription replicates, as `schema.table`, sorted. A part of a name that contains a dot or a double quote is in double quotes.",
    }),
    owner: optionalComputed(string, {
      description: "Role that owns the subscription (default: the provider's user). It needs LOGIN.",
      validate: identifierComplaint,
    }),
    enabled: defaulted(bool, true, {
      description: "Whether the subscription replicates (default: `true`). Changed in place.",
    }),
    create_slot: defaulted(bool, true, {
      description:
        "Whether Terraform creates the replication slot at the publisher with the subscription, and drops it with it (default: `true`). With `false`, the slot `slot_name` must exist, and it remains when the subscription is destroyed.",
    }),
    slot_name: optionalComputed(string, {
      description:
        "Name of the replication slot at the publisher (default: the subscription's name). Changed in place without losing or repeating a change: with `create_slot = true` Terraform creates the new slot and drops the old one; with `false` the new slot must exist.",
      validate: slotNameComplaint,
    }),
    copy_data: defaulted(bool, true, {
      description:
        "Whether existing rows of a table are copied when its replication begins (default: `true`). A plan that would copy rows into a table that already contains rows fails.",
    }),
    refresh_triggers: optional(mapOf(string), {
      description:
        "Arbitrary values. When one changes, the apply looks for tables that the publications have gained or lost. Terraform also looks by itself whenever it can reach the publisher.",
    }),
    detach_if_unreachable: defaulted(bool, false, {
      description:
        "Whether a destroy continues when the publisher cannot be reached (default: `false`, the destroy fails and changes nothing). With `true` the subscription is dropped and its replication slot remains at the publisher, where it retains WAL until someone drops it; a warning names it.",
    }),
    on_broken: defaulted(string, "warning", {
      description:
        "How a plan reports that rows do not arrive and that Terraform cannot repair it: `warning` (default) or `error`. An error also stops `terraform destroy`, unless it runs with `-refresh=false`.",
      validate: oneOf("warning", "error"),
    }),
    ...subscriptionOptions,
  },
  blocks: {},
} satisfies Schema;

export type SubscriptionSchema = typeof subscriptionSchema;
export type SubscriptionState = State<SubscriptionSchema>;
