import type { PostgresqlProvider } from "@cdktf/provider-postgresql/lib/provider";
import { DataResource, type ITerraformDependable, type TerraformDataSource, Token } from "cdktf";
import { Construct } from "constructs";
import { DataPostgresqlReplicationStatus } from "../../bindings/data-postgresql-replication-status";
import { DataPostgresqlTableComparison } from "../../bindings/data-postgresql-table-comparison";

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
   * Whether all rows of the tables are counted on both sides, by every plan.
   *
   * @default true
   */
  readonly compareRowCounts?: boolean;
  /** What has to be done before it makes sense to look. */
  readonly dependsOn: ITerraformDependable[];
}

/** Looks at both sides of a replication, each with its own connection. */
export class ReplicationCheck extends Construct {
  /**
   * Whether the slot is in use, whether its WAL is there, whether the subscription is enabled, and each table's state.
   * Only what stays the same while rows come and go, so that as an output it makes no difference between two plans.
   */
  readonly status: string;
  /**
   * The rows on both sides, by table, as they were when the replication was set up, or its tables last changed.
   * Undefined when they are not counted.
   */
  readonly rowCounts: string | undefined;

  constructor(scope: Construct, id: string, props: ReplicationCheckProps) {
    super(scope, id);
    const { publisher, subscriber, slotName, subscription, tables, dependsOn } = props;
    const at = (provider: PostgresqlProvider) => ({ provider, database: provider.databaseInput, dependsOn });

    const slot = new DataPostgresqlReplicationStatus(this, "slot", { ...at(publisher), slotName });
    const state = new DataPostgresqlReplicationStatus(this, "subscription", {
      ...at(subscriber),
      subscription,
    });
    const statesByTable = `{for table in ${address(state)}.tables : "\${table.schema}.\${table.name}" => table.state}`;
    this.status = `\${{slot_active = ${address(slot)}.active, wal_status = ${address(slot)}.wal_status, enabled = ${address(state)}.enabled, initial_sync_done = ${address(state)}.initial_sync_done, tables = ${statesByTable}}}`;

    this.rowCounts = props.compareRowCounts === false ? undefined : this.compare(at, props, tables);
  }

  private compare(
    at: (provider: PostgresqlProvider) => object,
    { publisher, subscriber }: ReplicationCheckProps,
    tables: string[],
  ): string {
    const there = new DataPostgresqlTableComparison(this, "publisher_rows", { ...at(publisher), tables });
    const here = new DataPostgresqlTableComparison(this, "subscriber_rows", {
      ...at(subscriber),
      tables,
      otherRowCounts: Token.asNumberMap(there.rowCounts),
    });
    // Counts change with every row: what is kept is what they were, or no plan would ever be empty.
    const counted = new DataResource(this, "row_counts", {
      input: { comparison: `\${${address(here)}.comparison}` },
      triggersReplace: { tables },
      lifecycle: { ignoreChanges: ["input"] },
    });
    return `\${{for row in terraform_data.${counted.friendlyUniqueId}.output.comparison : row.table => {publisher = row.other_row_count, subscriber = row.row_count}}}`;
  }
}

/** What a data source is called in Terraform's expressions. */
function address({ terraformResourceType, friendlyUniqueId }: TerraformDataSource): string {
  return `data.${terraformResourceType}.${friendlyUniqueId}`;
}
