import type { PostgresqlProvider } from "@cdktf/provider-postgresql/lib/provider";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { Publication } from "../../bindings/publication";
import { ReplicationSlot } from "../../bindings/replication-slot";
import {
  namesOf,
  publishedTables,
  type PublishedTablesProps,
  requireNoColumnsBesideSchemas,
} from "./published-tables";
import { ReplicationRole } from "./replication-role";
import { requireSlotName, requireWriterEndpoint } from "../validation";

/** The properties of {@link ApplicationSubscriber}. */
export interface ApplicationSubscriberProps extends PublishedTablesProps {
  /** The publisher. Its user owns the tables, or may publish them and grant on them, and may create slots. */
  readonly publisher: PostgresqlProvider;
  /**
   * The name of the role, the publication and the slot: lower case letters, digits and underscores, at most 63.
   */
  readonly name: string;
  /** The role's password. It is kept by the publisher only, so an ephemeral value will do. */
  readonly password: string;
  /**
   * Any text; another one writes the password again.
   *
   * @default "1"
   */
  readonly passwordVersion?: string;
  /**
   * Whether the role is a member of `rds_replication` instead of having the REPLICATION attribute: what Aurora and RDS
   * need.
   *
   * @default false
   */
  readonly rdsReplication?: boolean;
  /**
   * Whether partitions are published as the tables that they are partitions of. Needs PostgreSQL 13 or later.
   *
   * @default false
   */
  readonly publishViaPartitionRoot?: boolean;
  /**
   * What has to be there before the publisher can be connected to, and stay until all of it is gone.
   *
   * @default - none
   */
  readonly publisherDependsOn?: ITerraformDependable[];
}

/**
 * What an application needs that reads `pgoutput`, such as Debezium or PeerDB: a publication, a slot, and a role that may
 * read from it and copy the tables. From the moment the slot exists the publisher keeps its WAL until the application has
 * read it.
 */
export class ApplicationSubscriber extends Construct {
  /** The role that the application connects as. */
  readonly role: ReplicationRole;
  /** The publication of the tables. */
  readonly publication: Publication;
  /** The slot that the application reads from. */
  readonly slot: ReplicationSlot;

  constructor(scope: Construct, id: string, props: ApplicationSubscriberProps) {
    super(scope, id);
    const { publisher: provider, name, tables, password, passwordVersion = "1" } = props;
    const { publisherDependsOn = [] } = props;
    requireSlotName("name", name);
    requireNoColumnsBesideSchemas(props);
    requireWriterEndpoint("publisher", provider.hostInput);
    const database = provider.databaseInput ?? "postgres";
    this.role = new ReplicationRole(this, "role", {
      publisher: provider,
      name,
      database,
      tables: namesOf(tables),
      ...(props.tablesInSchema && { tablesInSchema: props.tablesInSchema }),
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
    // A slot made before its publication could never be read: pgoutput looks for the publication as it was at the time.
    this.slot = new ReplicationSlot(this, "slot", {
      provider,
      name,
      database,
      plugin: "pgoutput",
      dependsOn: [...publisherDependsOn, this.publication],
    });
  }
}
