import type { PostgresqlProvider } from "@cdktf/provider-postgresql/lib/provider";
import { Fn, type IResolvable, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { InitialSync } from "../../bindings/initial-sync";
import { Publication } from "../../bindings/publication";
import { ReplicatedSchema } from "../../bindings/replicated-schema";
import { Subscription } from "../../bindings/subscription";
import { conninfo } from "./conninfo";
import {
  namesOf,
  publishedTables,
  type PublishedTablesProps,
  requireNoColumnsBesideSchemas,
} from "./published-tables";
import { ReplicationRole } from "./replication-role";
import { requireSlotName, requireWriterEndpoint } from "../validation";

/** The properties of {@link LogicalReplication}. */
export interface LogicalReplicationProps extends PublishedTablesProps {
  /**
   * The publisher: its `host`, `port` and `database` are where the tables come from. Its user owns the tables, or may
   * publish them and grant on them.
   */
  readonly publisher: PostgresqlProvider;
  /** The subscriber: the tables come to its `database`. */
  readonly subscriber: PostgresqlProvider;
  /**
   * The name of the replication role, the publication, the subscription and its slot: lower case letters, digits and
   * underscores, at most 63.
   */
  readonly name: string;
  /** The replication role's password. It is kept by the two servers only, so an ephemeral value will do. */
  readonly password: string;
  /**
   * Any text; another one writes the password again, to both servers. No row is copied again.
   *
   * @default "1"
   */
  readonly passwordVersion?: string;
  /**
   * The publisher's host as the subscriber reaches it.
   *
   * @default - the publisher's `host`
   */
  readonly publisherHost?: string;
  /**
   * The publisher's port as the subscriber reaches it.
   *
   * @default - the publisher's `port`
   */
  readonly publisherPort?: number;
  /**
   * How the connections to the publisher use TLS: libpq's `sslmode`.
   *
   * @default - the publisher's `sslmode`, or else "require"
   */
  readonly sslmode?: string;
  /**
   * Whether the replication role is a member of `rds_replication` instead of having the REPLICATION attribute: what
   * Aurora and RDS need.
   *
   * @default false
   */
  readonly rdsReplication?: boolean | IResolvable;
  /**
   * Whether partitions are published as the tables that they are partitions of. Without it, the partitions of a table
   * have to be among `tables`, since the replication role may read nothing else. Needs PostgreSQL 13 or later.
   *
   * @default false
   */
  readonly publishViaPartitionRoot?: boolean | IResolvable;
  /**
   * Whether the tables that were created at the subscriber are dropped with the replication.
   *
   * @default false
   */
  readonly dropTablesOnDestroy?: boolean | IResolvable;
  /**
   * Whether the rows that a table has are copied, and not only what changes from then on: of all tables, those that are
   * added later too. Without it, the subscriber has to have these rows already, and nobody may write to the publisher
   * until the subscription is there.
   *
   * @default true
   */
  readonly copyData?: boolean | IResolvable;
  /**
   * Whether it is waited until every table has been copied. When that takes too long, the copying goes on all the same,
   * and applying again waits on.
   *
   * @default false
   */
  readonly waitForInitialSync?: boolean;
  /**
   * How long the first copy is waited for, as in "30m" or "1h30m".
   *
   * @default "60m"
   */
  readonly initialSyncTimeout?: string;
  /**
   * Whether a destroy drops the subscription even if the publisher cannot be reached. Its replication slot then remains
   * at the publisher, and a warning names it.
   *
   * @default false
   */
  readonly detachIfUnreachable?: boolean | IResolvable;
  /**
   * How a plan reports that rows do not arrive and that Terraform cannot repair it.
   *
   * @default "warning"
   */
  readonly onBroken?: "warning" | "error";
  /**
   * What has to be there before the publisher can be connected to, and stay until the replication is gone.
   *
   * @default - none
   */
  readonly publisherDependsOn?: ITerraformDependable[];
  /**
   * What has to be there before the subscriber can be connected to, and can itself connect to the publisher; it stays until
   * the replication is gone.
   *
   * @default - none
   */
  readonly subscriberDependsOn?: ITerraformDependable[];
}

/**
 * Tables of one PostgreSQL database kept up to date in another: a role to replicate as, a publication of the tables,
 * their definitions at the subscriber, and the subscription; made in this order, and removed in the opposite one.
 */
export class LogicalReplication extends Construct {
  /** The role that the subscriber connects to the publisher as. */
  readonly role: ReplicationRole;
  /** The publication of the tables, at the publisher. */
  readonly publication: Publication;
  /** The tables at the subscriber. */
  readonly replicatedSchema: ReplicatedSchema;
  /** The subscription, at the subscriber. */
  readonly subscription: Subscription;
  /** The first copy, when it is waited for. */
  readonly initialSync: InitialSync | undefined;
  /** What has to be done before the tables are there, and kept up to date. */
  readonly established: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: LogicalReplicationProps) {
    super(scope, id);
    const { publisher, subscriber, name, tables, password, passwordVersion = "1" } = props;
    const { publisherDependsOn = [], subscriberDependsOn = [] } = props;
    requireSlotName("name", name);
    requireNoColumnsBesideSchemas(props);
    const { hostInput: host } = publisher;
    if (host === undefined) {
      throw new Error(
        "publisher must have a host: the subscriber has to be told where to connect to. Got a PostgresqlProvider without one.",
      );
    }
    requireWriterEndpoint("publisher", host);
    requireWriterEndpoint("subscriber", subscriber.hostInput);
    requireWriterEndpoint("publisherHost", props.publisherHost);
    const { portInput: port = 5432, databaseInput: database = "postgres" } = publisher;
    const sslmode = props.sslmode ?? publisher.sslmodeInput ?? "require";
    const access = { dbname: database, user: name, sslmode, connect_timeout: 10 };

    this.role = new ReplicationRole(this, "role", {
      publisher,
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
      provider: publisher,
      name,
      database,
      ...publishedTables(props),
      publishViaPartitionRootParam: props.publishViaPartitionRoot,
      dependsOn: [...publisherDependsOn, ...this.role.grants],
    });
    const secret = { passwordWo: password, passwordWoVersion: passwordVersion };
    this.replicatedSchema = new ReplicatedSchema(this, "schema", {
      provider: subscriber,
      database: subscriber.databaseInput,
      conninfo: conninfo({ host, port, ...access }),
      ...secret,
      publications: [this.publication.name],
      refreshTriggers: { tables: Fn.jsonencode(this.publication.publishedTables) },
      dropOnDestroy: props.dropTablesOnDestroy,
      dependsOn: subscriberDependsOn,
    });
    this.subscription = new Subscription(this, "subscription", {
      provider: subscriber,
      database: subscriber.databaseInput,
      name,
      conninfo: conninfo({
        host: props.publisherHost ?? host,
        port: props.publisherPort ?? port,
        ...access,
      }),
      ...secret,
      // Terraform reaches the publisher by its own address.
      ...((props.publisherHost !== undefined || props.publisherPort !== undefined) && {
        publisherConninfo: conninfo({ host, port, ...access }),
      }),
      publications: [this.publication.name],
      // The tables of a schema are known to the publisher only.
      ...(props.tablesInSchema === undefined && { publishedTables: namesOf(tables) }),
      copyData: props.copyData,
      detachIfUnreachable: props.detachIfUnreachable,
      onBroken: props.onBroken,
      refreshTriggers: { tables: Fn.jsonencode(this.replicatedSchema.tables) },
      dependsOn: [...subscriberDependsOn, this.replicatedSchema],
    });
    this.initialSync = props.waitForInitialSync
      ? new InitialSync(this, "initial_sync", {
          provider: subscriber,
          database: subscriber.databaseInput,
          subscription: this.subscription.name,
          // Known only after apply when the subscription is replaced or gets tables: then there are copies to wait for.
          refreshTriggers: { tables: Fn.jsonencode(this.subscription.tables) },
          timeouts: timeouts(props.initialSyncTimeout ?? "60m"),
          dependsOn: [...subscriberDependsOn, this.subscription],
        })
      : undefined;
    this.established = [this.subscription, ...(this.initialSync ? [this.initialSync] : [])];
  }
}

function timeouts(duration: string): { readonly create: string; readonly update: string } {
  return { create: duration, update: duration };
}
