import { Token } from "cdktf";
import { requireInteger } from "../validation";
import {
  type Arithmetic,
  DEFAULT_SYNC_WORKERS,
  staticReplicationParameters,
} from "./static-replication-parameters";

/**
 * When a changed parameter takes effect. RDS rejects `immediate` for static parameters.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithParamGroups.html
 */
export type ApplyMethod = "immediate" | "pending-reboot";

/** Value of a parameter. `true` and `false` become 1 and 0, as RDS writes them. */
export type ParameterValue = string | number | boolean;

/** Value of a parameter with its apply method. */
export interface ParameterSetting {
  /** Value of the parameter. */
  readonly value: ParameterValue;
  /** When a change takes effect. */
  readonly applyMethod: ApplyMethod;
}

/** Number of slots, senders and workers that a server requires. All values must be known at synthesis. */
export interface ReplicationCapacityProps {
  /**
   * Number of subscriptions and applications that replicate from this server, each with its own slot.
   *
   * @default 1
   */
  readonly subscribers?: number;
  /**
   * Number of subscriptions on this server.
   *
   * @default 1
   */
  readonly subscriptions?: number;
  /**
   * Number of tables that each subscription copies in parallel: subscriptions on this server, and subscriptions that
   * replicate from it.
   *
   * @default 2
   */
  readonly tablesSyncedAtOnce?: number;
  /**
   * Number of DMS tasks that capture changes of this server.
   *
   * @default 0
   */
  readonly dmsTasks?: number;
  /**
   * Number of additional slots, senders and workers: for physical replicas, unused slots, and objects created manually.
   *
   * @default 5
   */
  readonly spare?: number;
}

/** Parameters of a server that is a publisher or subscriber. */
export interface ReplicationParametersProps extends ReplicationCapacityProps {
  /**
   * Additional parameters, or values that replace the computed ones, by their RDS names. To apply a dynamic parameter
   * without a reboot, set its apply method: `{ value: 0, applyMethod: "immediate" }`. Do not combine the RDS default value
   * with `immediate`: RDS stores no apply method for defaults, so Terraform would report drift at every plan.
   *
   * @default - none; additional parameters take effect at the next reboot
   */
  readonly parameters?: Readonly<Record<string, ParameterValue | ParameterSetting>>;
}

/** A parameter of a parameter group. */
export interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly applyMethod: ApplyMethod;
}

/** PostgreSQL's name of `tablesSyncedAtOnce`: the only dynamic parameter among the computed ones. */
const SYNC_WORKERS_PARAMETER = "max_sync_workers_per_subscription";

/**
 * Parameters of a server that is a publisher or subscriber. With _s_ for `tablesSyncedAtOnce`:
 *
 * - `max_replication_slots` = max(`subscribers` × (1 + _s_) + `dmsTasks`, `subscriptions` × (1 + _s_)) + `spare`: one slot
 *   for each consumer and for each table that is being copied. Before PostgreSQL 18 it also limits, separately, the
 *   replication origins, of which a subscriber requires as many. At least 20, the RDS default.
 * - `max_wal_senders` = `max_replication_slots` + `spare`: one sender for each active slot and for each physical replica.
 * - `max_logical_replication_workers` = `subscriptions` × (1 + _s_ + 2) + `spare`: for each subscription one apply worker,
 *   _s_ table synchronization workers, and the 2 parallel apply workers of PostgreSQL 16 and later. At least 4, the
 *   PostgreSQL default.
 * - `max_sync_workers_per_subscription` = _s_. Omitted if it is 2, the PostgreSQL default: see `parameters`.
 * - `max_worker_processes` = GREATEST(2 × vCPU, `max_logical_replication_workers` + 3 + 8): the RDS default, or the sum of
 *   all worker processes, with 3 for autovacuum and 8 for parallel queries.
 *
 * PostgreSQL 18's `max_active_replication_origins` keeps its default, 10. If `subscriptions` × (1 + _s_) exceeds 10 on a
 * subscriber of that version, add it to `parameters`.
 *
 * @returns the parameters, sorted by name.
 * @throws Error if a number is invalid, or a static parameter has the apply method `immediate`.
 * @see https://www.postgresql.org/docs/current/logical-replication-config.html
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Replication.Logical.html
 */
export function replicationParameters(props: ReplicationParametersProps): Parameter[] {
  const { subscribers = 1, subscriptions = 1, dmsTasks = 0, spare = 5 } = props;
  const { tablesSyncedAtOnce = DEFAULT_SYNC_WORKERS } = props;
  for (const [property, value] of Object.entries({ subscribers, subscriptions, dmsTasks, spare })) {
    requireInteger(property, value);
  }
  requireInteger("tablesSyncedAtOnce", tablesSyncedAtOnce, { min: 1 });
  const computed = staticReplicationParameters(NUMBERS, {
    subscribers,
    subscriptions,
    tablesSyncedAtOnce,
    dmsTasks,
    spare,
  });

  const parameters = new Map<string, Parameter>();
  for (const [name, value] of Object.entries(computed)) {
    parameters.set(name, { name, value: rdsValue(value), applyMethod: "pending-reboot" });
  }
  const dynamic = SYNC_WORKERS_PARAMETER;
  if (tablesSyncedAtOnce !== DEFAULT_SYNC_WORKERS) {
    parameters.set(dynamic, { name: dynamic, value: rdsValue(tablesSyncedAtOnce), applyMethod: "immediate" });
  }
  for (const [givenName, setting] of Object.entries(props.parameters ?? {})) {
    // RDS reports all names in lower case.
    const name = givenName.toLowerCase();
    const defaultMethod: ApplyMethod = name === dynamic ? "immediate" : "pending-reboot";
    const { value, applyMethod } =
      typeof setting === "object" ? setting : { value: setting, applyMethod: defaultMethod };
    if (name in computed && applyMethod === "immediate") {
      throw new Error(
        `parameters: applyMethod of ${name} must be "pending-reboot", because the parameter is static. Got "immediate".`,
      );
    }
    parameters.set(name, { name, value: rdsValue(value), applyMethod });
  }
  const replication = parameters.get("rds.logical_replication")?.value;
  if (replication !== "1") {
    throw new Error(
      `parameters: rds.logical_replication must be 1 or omitted, because logical replication requires it. Got ${JSON.stringify(replication)}.`,
    );
  }
  return [...parameters.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const NUMBERS: Arithmetic<number> = {
  sum: (...terms) => terms.reduce((sum, term) => sum + term, 0),
  product: (...factors) => factors.reduce((product, factor) => product * factor, 1),
  max: Math.max,
  text: (before, number, after) => `${before}${number}${after}`,
};

function rdsValue(value: ParameterValue): string {
  if (Token.isUnresolved(value)) return Token.asString(value);
  return String(typeof value === "boolean" ? Number(value) : value);
}
