import {
  defaulted,
  optional,
  optionalComputed,
  required,
  type Schema,
  writeOnly,
} from "../../framework/schema";
import { bool, mapOf, setOf, string } from "../../framework/value-type";
import type { State } from "../../framework/values";
import { conninfoComplaint, sameConninfoText } from "../shared/conninfo-attribute";
import { databaseAttribute } from "../shared/database-object";
import { identifierComplaint, slotNameComplaint } from "../shared/identifier";
import { subscriptionOptions } from "./options";

/** The schema of postgresql_subscription. */
export const subscriptionSchema = {
  description:
    "A subscription: copies the tables of publications into this database and keeps them up to date. Everything but the database is altered in place; no change copies rows again that are there already.",
  attributes: {
    name: required(string, {
      description: "The subscription's name. Renamed in place.",
      validate: identifierComplaint,
    }),
    database: databaseAttribute,
    conninfo: required(string, {
      description:
        "How the subscriber reaches the publisher: a libpq connection string, `host=… port=… dbname=… user=…` or `postgresql://…`. It is kept in the state, so leave the password to `password_wo`. Altered in place. With `connect_timeout=10` in it, an unreachable publisher is reported soon.",
      sensitive: true,
      validate: conninfoComplaint,
      equivalent: sameConninfoText,
    }),
    password_wo: writeOnly(string, {
      description:
        "The password of the connection to the publisher; it is kept by the subscriber's server only. Needs Terraform 1.11 or later.",
      requiredWith: ["password_wo_version"],
    }),
    password_wo_version: optional(string, {
      description:
        "Any text. When it changes, `password_wo` is written to the subscription again; no row is copied again.",
      requiredWith: ["password_wo"],
    }),
    publications: required(setOf(string), {
      description:
        "The publications to subscribe to. Added and removed in place: the tables of an added one are copied, all others go on.",
      validate: (publications) =>
        publications.length === 0 ? "is empty. Name at least one publication." : null,
    }),
    owner: optionalComputed(string, {
      description: "The role that owns the subscription (default: the provider's user).",
      validate: identifierComplaint,
    }),
    enabled: defaulted(bool, true, {
      description: "Whether the subscription replicates (default: `true`). Enabled and disabled in place.",
    }),
    create_slot: defaulted(bool, true, {
      description:
        "Whether the replication slot is made at the publisher with the subscription and dropped with it (default: `true`). With `false` a slot named `slot_name` must be there, and stays when the subscription is destroyed.",
    }),
    slot_name: optionalComputed(string, {
      description:
        "The replication slot at the publisher (default: the subscription's name). Altered in place.",
      validate: slotNameComplaint,
    }),
    copy_data: defaulted(bool, true, {
      description:
        "Whether the rows that are in a table already are copied when its replication begins (default: `true`).",
    }),
    refresh_triggers: optional(mapOf(string), {
      description:
        "Any values. When they change, the subscription takes up the tables that its publications have gained (`REFRESH PUBLICATION`), and copies them. Put what the list of published tables is made of in here.",
    }),
    detach_if_unreachable: defaulted(bool, false, {
      description:
        "What to do when the publisher cannot be reached while the subscription is destroyed. `false` (the default): fail, and change nothing. `true`: drop the subscription all the same and leave its slot at the publisher, which then keeps WAL until somebody drops it; a warning names it.",
    }),
    ...subscriptionOptions,
  },
  blocks: {},
} satisfies Schema;

export type SubscriptionSchema = typeof subscriptionSchema;
export type SubscriptionState = State<SubscriptionSchema>;
