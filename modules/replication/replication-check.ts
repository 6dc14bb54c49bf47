import type { PostgresqlProvider } from "@cdktf/provider-postgresql/lib/provider";
import {
  Fn,
  type IResolvable,
  type ITerraformDependable,
  ref,
  type TerraformDataSource,
  type TerraformResource,
  Token,
} from "cdktf";
import { Construct } from "constructs";
import { DataPostgresqlReplicationStatus } from "../../bindings/data-postgresql-replication-status";
import { RowCount } from "../../bindings/row-count";

/** Properties of {@link ReplicationCheck}. */
export interface ReplicationCheckProps {
  /** Publisher, connected to the database with the tables. */
  readonly publisher: PostgresqlProvider;
  /** Subscriber, connected to the database with the tables. */
  readonly subscriber: PostgresqlProvider;
  /** Name of the slot on the publisher. */
  readonly slotName: string;
  /** Name of the subscription. */
  readonly subscription: string;
  /** Replicated tables, as `schema.table`. */
  readonly tables: string[];
  /**
   * Whether `dependsOn` includes the end of the initial copy. If not, `status` omits the progress of the initial copy,
   * which would change at every plan.
   *
   * @default true
   */
  readonly initialSyncAwaited?: boolean | IResolvable;
  /**
   * Whether to count the rows of the tables on both servers: on the first deployment, and when `tables` or
   * `rowCountVersion` change.
   *
   * @default true
   */
  readonly compareRowCounts?: boolean;
  /**
   * An arbitrary version string. Change it to count the rows again.
   *
   * @default "1"
   */
  readonly rowCountVersion?: string;
  /** Resources that must exist before the check. */
  readonly dependsOn: ITerraformDependable[];
}

/**
 * Reports the status of a replication and the row counts of its tables, read from both servers.
 *
 * @example
 * ```ts
 * import { TerraformOutput } from "cdktf";
 * import type { LogicalReplication, PostgresqlProvider } from "aurora-logical-replication/modules/replication";
 * import { ReplicationCheck } from "aurora-logical-replication/modules/replication";
 *
 * declare const publisher: PostgresqlProvider;
 * declare const subscriber: PostgresqlProvider;
 * declare const replication: LogicalReplication;
 *
 * const check = new ReplicationCheck(this, "check", {
 *   publisher,
 *   subscriber,
 *   slotName: replication.subscription.slotName,
 *   subscription: replication.subscription.name,
 *   tables: ["public.orders"],
 *   dependsOn: replication.established,
 * });
 * new TerraformOutput(this, "replication_status", { value: check.status });
 * ```
 */
export class ReplicationCheck extends Construct {
  /**
   * Whether the slot and the subscription exist, whether the slot has lost its WAL, whether the subscription is enabled,
   * and the state of each table. As an output, it does not change while rows change.
   */
  readonly status: string;
  /**
   * Number of rows on both servers by table, each with the time of the count. The servers are counted at different times:
   * while applications write, the numbers can differ although every row arrives. Undefined if `compareRowCounts` is
   * false.
   */
  readonly rowCounts: string | undefined;

  constructor(scope: Construct, id: string, props: ReplicationCheckProps) {
    super(scope, id);
    const { publisher, subscriber, slotName, subscription } = props;
    const { dependsOn, initialSyncAwaited = true } = props;
    const at = (provider: PostgresqlProvider) => ({ provider, database: provider.databaseInput, dependsOn });

    const slot = address(new DataPostgresqlReplicationStatus(this, "slot", { ...at(publisher), slotName }));
    const state = address(
      new DataPostgresqlReplicationStatus(this, "subscription", { ...at(subscriber), subscription }),
    );
    const ifAwaited = (expression: string): unknown =>
      initialSyncAwaited === true
        ? ref(expression)
        : Fn.conditional(initialSyncAwaited, ref(expression), Token.nullValue());
    this.status = Token.asString({
      slot_exists: `\${${slot}.exists}`,
      // Null, and so never "lost", before PostgreSQL 13.
      slot_lost: `\${${slot}.wal_status == "lost"}`,
      subscription_exists: `\${${state}.exists}`,
      enabled: `\${${state}.enabled}`,
      initial_sync_done: ifAwaited(`${state}.initial_sync_done`),
      tables: ifAwaited(
        `{for table in coalesce(${state}.tables, []) : join(".", [table.schema, table.name]) => table.state}`,
      ),
    });
    this.rowCounts = props.compareRowCounts === false ? undefined : this.#compareRowCounts(at, props);
  }

  #compareRowCounts(
    at: (provider: PostgresqlProvider) => object,
    { publisher, subscriber, tables, rowCountVersion: version = "1" }: ReplicationCheckProps,
  ): string {
    const count = (side: string, provider: PostgresqlProvider): string =>
      address(new RowCount(this, `${side}_rows`, { ...at(provider), tables, triggers: { version } }));
    const publisherRows = count("publisher", publisher);
    const subscriberRows = count("subscriber", subscriber);
    const entry = [
      "publisher = count",
      // Null for a table that only the publisher was counted for, after an interrupted deployment.
      `subscriber = try(${subscriberRows}.row_counts[table], null)`,
      `publisher_counted_at = ${publisherRows}.counted_at`,
      `subscriber_counted_at = ${subscriberRows}.counted_at`,
    ].join(", ");
    return `\${{for table, count in ${publisherRows}.row_counts : table => {${entry}}}}`;
  }
}

/** Address of a resource or data source in Terraform's expressions. */
function address(element: TerraformDataSource | TerraformResource): string {
  const { terraformResourceType, friendlyUniqueId } = element;
  const prefix = element instanceof DataPostgresqlReplicationStatus ? "data." : "";
  return `${prefix}${terraformResourceType}.${friendlyUniqueId}`;
}
