import { Token } from "cdktf";
import {
  type Arithmetic,
  DEFAULT_SYNC_WORKERS,
  staticReplicationParameters,
} from "./static-replication-parameters";

/** When a changed parameter takes effect. RDS refuses `immediate` for static ones. */
export type ApplyMethod = "immediate" | "pending-reboot";

/** A parameter's value. Truth values are written as RDS has them: 1 and 0. */
export type ParameterValue = string | number | boolean;

/** What the replication needs room for. All numbers have to be known when synthesized. */
export interface ReplicationCapacityProps {
  /**
   * The number of subscriptions and applications that replicate from this server, each with a slot of its own.
   *
   * @default 1
   */
  readonly subscribers?: number;
  /**
   * The number of subscriptions that this server has.
   *
   * @default 1
   */
  readonly subscriptions?: number;
  /**
   * The number of tables that a subscription copies at the same time: this server's, and those that replicate from it.
   *
   * @default 2
   */
  readonly tablesSyncedAtOnce?: number;
  /**
   * The number of DMS tasks that capture this server's changes.
   *
   * @default 0
   */
  readonly dmsTasks?: number;
  /**
   * The number of slots, senders and workers on top: for physical replicas, for slots that nobody uses any more, and for
   * what is made by hand.
   *
   * @default 5
   */
  readonly spare?: number;
}

export interface ReplicationParametersProps extends ReplicationCapacityProps {
  /**
   * Further parameters, or other values than the computed ones, by the name that RDS has for them. To apply a dynamic
   * one without a reboot, say so: `{ value: 0, applyMethod: "immediate" }`. Do not give one RDS's own default value with
   * `immediate`: RDS keeps no apply method for defaults, so that Terraform would want to set it again and again.
   *
   * @default - none; further ones are applied by the next reboot
   */
  readonly parameters?: Readonly<
    Record<string, ParameterValue | { readonly value: ParameterValue; readonly applyMethod: ApplyMethod }>
  >;
}

/** A parameter of a parameter group. */
export interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly applyMethod: ApplyMethod;
}

/** What `tablesSyncedAtOnce` is in PostgreSQL: the only dynamic one among the computed parameters. */
export const SYNC_WORKERS_PARAMETER = "max_sync_workers_per_subscription";

/**
 * The parameters of a server that takes part in logical replication. With _s_ for `tablesSyncedAtOnce`:
 *
 * - `max_replication_slots` = max(`subscribers` × (1 + _s_) + `dmsTasks`, `subscriptions` × (1 + _s_)) + `spare`: a slot
 *   for each consumer and for each table that is being copied; until PostgreSQL 18 it is also, separately, the number of
 *   replication origins, of which a subscriber needs as many. Not less than RDS's 20.
 * - `max_wal_senders` = `max_replication_slots` + `spare`: each slot in use has a sender, and so has each physical
 *   replica.
 * - `max_logical_replication_workers` = `subscriptions` × (1 + _s_ + 2) + `spare`: for each subscription one that applies,
 *   those that copy tables, and the 2 that PostgreSQL 16 and later have for large transactions. Not less than
 *   PostgreSQL's 4.
 * - `max_sync_workers_per_subscription` = _s_. Left alone when it is PostgreSQL's 2: see `parameters`.
 * - `max_worker_processes` = GREATEST(2 × vCPU, `max_logical_replication_workers` + 3 + 8): RDS's default, or the sum of
 *   all that take one, with autovacuum's 3 and the parallel queries' 8.
 *
 * From PostgreSQL's manual ("Logical Replication", "Configuration Settings") and the Aurora User Guide ("Setting up
 * logical replication for your Aurora PostgreSQL DB cluster"). PostgreSQL 18's `max_active_replication_origins` is left
 * to its default, 10: a subscriber of that version with more than 10 for `subscriptions` × (1 + _s_) needs it among
 * `parameters`.
 *
 * @returns the parameters, in the order of their names.
 * @throws Error when a number makes no sense, or a static parameter is to be applied at once.
 */
export function replicationParameters(props: ReplicationParametersProps): Parameter[] {
  const subscribers = count("subscribers", props.subscribers ?? 1);
  const subscriptions = count("subscriptions", props.subscriptions ?? 1);
  const copies = count("tablesSyncedAtOnce", props.tablesSyncedAtOnce ?? DEFAULT_SYNC_WORKERS, 1);
  const dmsTasks = count("dmsTasks", props.dmsTasks ?? 0);
  const spare = count("spare", props.spare ?? 5);

  const computed = staticReplicationParameters(arithmetic, {
    subscribers,
    subscriptions,
    tablesSyncedAtOnce: copies,
    dmsTasks,
    spare,
  });

  const parameters = new Map<string, Parameter>();
  for (const [name, value] of Object.entries(computed)) {
    parameters.set(name, { name, value: text(value), applyMethod: "pending-reboot" });
  }
  const dynamic = SYNC_WORKERS_PARAMETER;
  if (copies !== DEFAULT_SYNC_WORKERS) {
    parameters.set(dynamic, { name: dynamic, value: text(copies), applyMethod: "immediate" });
  }
  for (const [givenName, setting] of Object.entries(props.parameters ?? {})) {
    // RDS has all names in lower case, whatever PostgreSQL calls them.
    const name = givenName.toLowerCase();
    const usual: ApplyMethod = name === dynamic ? "immediate" : "pending-reboot";
    const { value, applyMethod } =
      typeof setting === "object" ? setting : { value: setting, applyMethod: usual };
    if (name in computed && applyMethod === "immediate") {
      throw new Error(
        `parameters: ${name} is static, so that its applyMethod must be "pending-reboot". Got "immediate".`,
      );
    }
    parameters.set(name, { name, value: text(value), applyMethod });
  }
  const replication = parameters.get("rds.logical_replication")?.value;
  if (replication !== "1") {
    throw new Error(
      `parameters: rds.logical_replication must be 1, or be left out: without it nothing is replicated. Got ${JSON.stringify(replication)}.`,
    );
  }
  return [...parameters.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

const arithmetic: Arithmetic<number> = {
  sum: (...terms) => terms.reduce((sum, term) => sum + term, 0),
  product: (...factors) => factors.reduce((product, factor) => product * factor, 1),
  max: Math.max,
  text: (before, number, after) => `${before}${number}${after}`,
};

function text(value: ParameterValue): string {
  if (Token.isUnresolved(value)) return Token.asString(value);
  return String(typeof value === "boolean" ? Number(value) : value);
}

function count(property: string, value: number, least = 0): number {
  if (Token.isUnresolved(value) || !Number.isInteger(value) || value < least) {
    const got = Token.isUnresolved(value) ? "a value that only Terraform will know" : String(value);
    throw new Error(`${property} must be a whole number, not less than ${least}. Got ${got}.`);
  }
  return value;
}
