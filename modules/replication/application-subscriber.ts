import type { PostgresqlProvider } from "@cdktf/provider-postgresql/lib/provider";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { Publication } from "../../bindings/publication";
import { ReplicationSlot } from "../../bindings/replication-slot";
import { defined } from "../defined";
import {
  namesOf,
  publishedTables,
  type PublishedTablesProps,
  requireNoColumnsBesideSchemas,
} from "./published-tables";
import { ReplicationRole } from "./replication-role";
import { requireSlotName, requireWriterEndpoint } from "../validation";

/** Properties of {@link ApplicationSubscriber}. */
export interface ApplicationSubscriberProps extends PublishedTablesProps {
  /** Publisher. Its user must be allowed to publish the tables, to grant privileges on them and to create slots. */
  readonly publisher: PostgresqlProvider;
  /** Name of the role, the publication and the slot: up to 63 lower case letters, digits and underscores. */
  readonly name: string;
  /** Password of the role. Only the publisher stores it, so it may be an ephemeral value. */
  readonly password: string;
  /**
   * An arbitrary version string. Change it to write a new `password` to the publisher.
   *
   * @default "1"
   */
  readonly passwordVersion?: string;
  /**
   * Whether the role is a member of `rds_replication` instead of having the REPLICATION attribute. Aurora and RDS require
   * it.
   *
   * @default false
   */
  readonly rdsReplication?: boolean;
  /**
   * Whether changes of partitions are published as changes of their partitioned table. Requires PostgreSQL 13 or later.
   *
   * @default false
   */
  readonly publishViaPartitionRoot?: boolean;
  /**
   * Resources that must exist while Terraform connects to the publisher, such as the server and its inbound rules.
   *
   * @default - none
   */
  readonly publisherDependsOn?: ITerraformDependable[];
}

/**
 * Everything that an application which reads `pgoutput`, such as Debezium or PeerDB, requires on the publisher: a
 * publication, a slot, and a role that can read from the slot and copy the tables. As soon as the slot exists, the
 * publisher retains WAL until the application has read it.
 *
 * @example
 * ```ts
 * import { ApplicationSubscriber, PostgresqlProvider } from "aurora-logical-replication/modules/replication";
 *
 * const publisher = new PostgresqlProvider(this, "publisher", { host: "publisher.example.com", database: "orders" });
 * new ApplicationSubscriber(this, "debezium", {
 *   publisher,
 *   name: "debezium",
 *   tables: ["public.orders", "public.customers"],
 *   password: "${ephemeral.aws_secretsmanager_random_password.debezium.random_password}",
 *   rdsReplication: true,
 * });
 * ```
 * @see https://www.postgresql.org/docs/current/logical-replication-publication.html
 * @see https://www.postgresql.org/docs/current/logicaldecoding-explanation.html
 */
export class ApplicationSubscriber extends Construct {
  /** Role that the application connects as. */
  readonly role: ReplicationRole;
  /** Publication of the tables. */
  readonly publication: Publication;
  /** Slot that the application reads from. */
  readonly slot: ReplicationSlot;

  /** @throws Error if a property value known at synthesis is invalid. */
  constructor(scope: Construct, id: string, props: ApplicationSubscriberProps) {
    super(scope, id);
    const { publisher: provider, name, tables, password } = props;
    const { passwordVersion = "1", publisherDependsOn = [] } = props;
    requireSlotName("name", name);
    requireNoColumnsBesideSchemas(props);
    requireWriterEndpoint("publisher", provider.hostInput);
    const database = provider.databaseInput ?? "postgres";
    this.role = new ReplicationRole(this, "role", {
      publisher: provider,
      name,
      database,
      tables: namesOf(tables),
      ...defined({ tablesInSchema: props.tablesInSchema }),
      password,
      passwordVersion,
      rdsReplication: props.rdsReplication ?? false,
      dependsOn: publisherDependsOn,
    });
    this.publication = new Publication(this, "publication", {
      provider,
      name,
      database,
      ...publishedTables(props),
      publishViaPartitionRootParam: props.publishViaPartitionRoot,
      dependsOn: [...publisherDependsOn, ...this.role.grants],
    });
    // pgoutput looks up the publication as of the time of each change, so the slot must be created after it.
    this.slot = new ReplicationSlot(this, "slot", {
      provider,
      name,
      database,
      plugin: "pgoutput",
      dependsOn: [...publisherDependsOn, this.publication],
    });
  }
}
