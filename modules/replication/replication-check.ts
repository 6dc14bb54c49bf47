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

/** The properties of {@link ReplicationCheck}. */
export interface ReplicationCheckProps {
  /** The publisher, in the database with the tables. */
  readonly publisher: PostgresqlProvider;
  /** The subscriber, in the database with the tables. */
  readonly subscriber: PostgresqlProvider;
  /** The slot at the publisher. */
  readonly slotName: string;
  /** The subscription at the subscriber. */
  readonly subscription: string;
  /** The replicated tables, as `schema.table`. */
  readonly tables: string[];
  /**
   * Whether `dependsOn` includes the end of the first copy. If not, `status` omits how far the first copy is, which
   * would be another one in the next plan.
   *
   * @default true
   */
  readonly initialSyncAwaited?: boolean | IResolvable;
  /**
   * Whether to count the rows of the tables on both sides: on the first deployment, and when `tables` or
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
  /** What must exist before the check. */
  readonly dependsOn: ITerraformDependable[];
}

/** Reports on both sides of a replication, each with its own connection. */
export class ReplicationCheck extends Construct {
  /**
   * Whether the slot and the subscription exist, whether the slot has lost its WAL, whether the subscription is enabled,
   * and the state of each table. As an output, it does not change while rows come and go.
   */
  readonly status: string;
  /**
   * The number of rows on both sides by table, each with the moment of the count. The two sides are counted at different
   * moments: while applications write, the numbers can differ although every row arrives. Undefined when
   * `compareRowCounts` is false.
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
    const onceAwaited = (expression: string): unknown =>
      initialSyncAwaited === true
        ? ref(expression)
        : Fn.conditional(initialSyncAwaited, ref(expression), Token.nullValue());
    this.status = Token.asString({
      slot_exists: `\${${slot}.exists}`,
      // Null, and so never "lost", before PostgreSQL 13.
      slot_lost: `\${${slot}.wal_status == "lost"}`,
      subscription_exists: `\${${state}.exists}`,
      enabled: `\${${state}.enabled}`,
      initial_sync_done: onceAwaited(`${state}.initial_sync_done`),
      tables: onceAwaited(
        `{for table in coalesce(${state}.tables, []) : join(".", [table.schema, table.name]) => table.state}`,
      ),
    });
    this.rowCounts = props.compareRowCounts === false ? undefined : this.compare(at, props);
  }

  private compare(
    at: (provider: PostgresqlProvider) => object,
    { publisher, subscriber, tables, rowCountVersion: version = "1" }: ReplicationCheckProps,
  ): string {
    const count = (side: string, provider: PostgresqlProvider): string =>
      address(new RowCount(this, `${side}_rows`, { ...at(provider), tables, triggers: { version } }));
    const there = count("publisher", publisher);
    const here = count("subscriber", subscriber);
    const entry = [
      "publisher = count",
      // After a deployment that counted one side only.
      `subscriber = try(${here}.row_counts[table], null)`,
      `publisher_counted_at = ${there}.counted_at`,
      `subscriber_counted_at = ${here}.counted_at`,
    ].join(", ");
    return `\${{for table, count in ${there}.row_counts : table => {${entry}}}}`;
  }
}

/** The name of a resource or data source in Terraform's expressions. */
function address(element: TerraformDataSource | TerraformResource): string {
  const { terraformResourceType, friendlyUniqueId } = element;
  const prefix = element instanceof DataPostgresqlReplicationStatus ? "data." : "";
  return `${prefix}${terraformResourceType}.${friendlyUniqueId}`;
}
