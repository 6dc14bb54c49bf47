import { PostgresError } from "../../postgres/errors";
import { SQLSTATE } from "../../postgres/sqlstate";
import { WAL_LEVEL_REMEDY } from "../shared/wal-level";

const PUBLISHER_UNREACHABLE = /could not connect to (the )?publisher/;

/** What to do about an error of the publisher, by its text: it arrives inside of the subscriber's own. */
const PUBLISHER_REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/wal_level/, `The publisher does not have logical replication enabled. ${WAL_LEVEL_REMEDY}`],
  [
    /replication slot .* already exists/,
    "The publisher has a slot of this name, perhaps left by an earlier subscription. If nobody reads from it, drop it with SELECT pg_drop_replication_slot('…') at the publisher; or choose another slot_name; or use it as it is with create_slot = false.",
  ],
  [
    /all replication slots are in use/,
    "Raise max_replication_slots at the publisher and restart it, or drop slots that are not used.",
  ],
  [
    PUBLISHER_UNREACHABLE,
    "It is the subscriber's server that connects to the publisher, from where it runs: check host, port, user and password in conninfo, the publisher's security group or firewall, and its pg_hba.conf.",
  ],
];

/** What to do about an error of the subscriber, by its SQLSTATE. */
const SUBSCRIBER_REMEDIES: Readonly<Record<string, string>> = {
  [SQLSTATE.DUPLICATE_OBJECT]:
    "Choose another name, or take the existing subscription over with terraform import (the import ID is database.name).",
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    "Subscriptions are created by a superuser, on Aurora and RDS by a member of rds_superuser, and from PostgreSQL 16 on by a member of pg_create_subscription who has CREATE on the database and whose conninfo has a password.",
  [SQLSTATE.UNDEFINED_TABLE]:
    "The subscriber needs each published table before the subscription is created: create it, or let a postgresql_replicated_schema do so, and let the subscription depend on it.",
  [SQLSTATE.CONFIGURATION_LIMIT_EXCEEDED]:
    "Raise max_replication_slots (and max_wal_senders) and restart the server, or drop what is not used any more.",
};

/** The error with what to do about it, where that is known. */
export function withSubscriptionRemedy(error: unknown): unknown {
  if (!(error instanceof PostgresError)) return error;
  const publishers = PUBLISHER_REMEDIES.find(([pattern]) => pattern.test(error.message))?.[1];
  const remedy = publishers ?? SUBSCRIBER_REMEDIES[error.sqlState ?? ""];
  return remedy === undefined ? error : error.withRemedy(remedy);
}

/** Whether the subscriber's server could not reach the publisher, by its SQLSTATE or, before PostgreSQL 14, its text. */
export function publisherIsUnreachable(error: PostgresError): boolean {
  return error.sqlState === SQLSTATE.CONNECTION_FAILURE || PUBLISHER_UNREACHABLE.test(error.message);
}

/** Before PostgreSQL 14, DROP SUBSCRIPTION insists on a slot that it can drop. */
export function slotIsGone(error: PostgresError): boolean {
  return /replication slot .* does not exist/.test(error.message);
}

/** What to do about a subscription that cannot be dropped together with its slot. */
export function unreachableRemedy(slot: string): string {
  return (
    `The slot ${JSON.stringify(slot)} at the publisher cannot be dropped, so nothing was changed. Make the publisher reachable and destroy again.\n\n` +
    "If the publisher no longer exists, set detach_if_unreachable = true on the subscription and run these commands with its address. They skip the refresh, which would fail for the publisher's own resources:\n" +
    "  terraform apply -refresh=false -target=ADDRESS\n" +
    "  terraform destroy -refresh=false -target=ADDRESS\n" +
    "Then remove the publisher's resources from the state with terraform state rm."
  );
}
