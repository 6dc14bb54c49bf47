import type { PostgresqlProvider } from "@cdktf/provider-postgresql/lib/provider";
import { Fn, type IResolvable, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { InitialSync } from "../../bindings/initial-sync";
import { Publication } from "../../bindings/publication";
import { ReplicatedSchema } from "../../bindings/replicated-schema";
import { Subscription } from "../../bindings/subscription";
import { defined } from "../defined";
import { requireSlotName, requireWriterEndpoint } from "../validation";
import { conninfo } from "./conninfo";
import {
  namesOf,
  publishedTables,
  type PublishedTablesProps,
  requireNoColumnsBesideSchemas,
} from "./published-tables";
import { ReplicationRole } from "./replication-role";

/** Properties of {@link LogicalReplication}. */
export interface LogicalReplicationProps extends PublishedTablesProps {
  /**
   * Publisher: its `host`, `port` and `database` are those of the tables. Its user must be allowed to publish the tables
   * and to grant privileges on them.
   */
  readonly publisher: PostgresqlProvider;
  /** Subscriber: its `database` receives the tables. */
  readonly subscriber: PostgresqlProvider;
  /**
   * Name of the replication role, the publication, the subscription and its slot: up to 63 lower case letters, digits and
   * underscores.
   */
  readonly name: string;
  /** Password of the replication role. Only the two servers store it, so it may be an ephemeral value. */
  readonly password: string;
  /**
   * An arbitrary version string. Change it to write a new `password` to both servers. No rows are copied again.
   *
   * @default "1"
   */
  readonly passwordVersion?: string;
  /**
   * Host of the publisher as seen from the subscriber.
   *
   * @default - the publisher's `host`
   */
  readonly publisherHost?: string;
  /**
   * Port of the publisher as seen from the subscriber.
   *
   * @default - the publisher's `port`
   */
  readonly publisherPort?: number;
  /**
   * libpq's `sslmode` of connections to the publisher.
   *
   * @default - the publisher's `sslmode`, or "require" if it has none
   * @see https://www.postgresql.org/docs/current/libpq-ssl.html
   */
  readonly sslmode?: string;
  /**
   * Whether the replication role is a member of `rds_replication` instead of having the REPLICATION attribute. Aurora and
   * RDS require it.
   *
   * @default false
   */
  readonly rdsReplication?: boolean | IResolvable;
  /**
   * Whether changes of partitions are published as changes of their partitioned table. If not, `tables` must include the
   * partitions of a table, because the replication role can read only the listed tables. Requires PostgreSQL 13 or later.
   *
   * @default false
   */
  readonly publishViaPartitionRoot?: boolean | IResolvable;
  /**
   * Whether to drop the tables that were created on the subscriber when the replication is destroyed.
   *
   * @default false
   */
  readonly dropTablesOnDestroy?: boolean | IResolvable;
  /**
   * Copy existing rows before replicating changes; also applies to tables added later. If false, the subscriber must
   * already contain these rows, and applications must not write to the publisher until the subscription exists.
   *
   * @default true
   */
  readonly copyData?: boolean | IResolvable;
  /**
   * Wait for the initial copy of every table to finish. If the timeout expires, the copy continues in the background and
   * the next apply resumes waiting.
   *
   * @default false
   */
  readonly waitForInitialSync?: boolean;
  /**
   * Timeout of the wait for the initial copy, such as "30m" or "1h30m".
   *
   * @default "60m"
   */
  readonly initialSyncTimeout?: string;
  /**
   * Whether a destroy drops the subscription even if the publisher cannot be reached. Its replication slot then remains
   * on the publisher, and a warning names it.
   *
   * @default false
   */
  readonly detachIfUnreachable?: boolean | IResolvable;
  /**
   * How a plan reports that replication is broken and that Terraform cannot repair it.
   *
   * @default "warning"
   */
  readonly onBroken?: "warning" | "error";
  /**
   * Resources that must exist while Terraform connects to the publisher, such as the server and its inbound rules.
   *
   * @default - none
   */
  readonly publisherDependsOn?: ITerraformDependable[];
  /**
   * Resources that must exist while Terraform connects to the subscriber, and while the subscriber connects to the
   * publisher.
   *
   * @default - none
   */
  readonly subscriberDependsOn?: ITerraformDependable[];
}

/**
 * Keeps tables of one PostgreSQL database up to date in another one. Creates, in this order, a replication role, a
 * publication of the tables, the table definitions on the subscriber, and the subscription; destroys them in reverse
 * order.
 *
 * @example
 * ```ts
 * import { LogicalReplication, PostgresqlProvider } from "aurora-logical-replication/modules/replication";
 *
 * const publisher = new PostgresqlProvider(this, "publisher", {
 *   alias: "publisher",
 *   host: "publisher.example.com",
 *   database: "orders",
 * });
 * const subscriber = new PostgresqlProvider(this, "subscriber", {
 *   alias: "subscriber",
 *   host: "subscriber.example.com",
 *   database: "reporting",
 * });
 * new LogicalReplication(this, "replication", {
 *   publisher,
 *   subscriber,
 *   name: "orders",
 *   tables: ["public.customers", { name: "public.orders", where: "id > 100" }],
 *   password: "${ephemeral.aws_secretsmanager_random_password.orders.random_password}",
 *   waitForInitialSync: true,
 * });
 * ```
 * @see https://www.postgresql.org/docs/current/logical-replication.html
 */
export class LogicalReplication extends Construct {
  /** Role that the subscriber connects to the publisher as. */
  readonly role: ReplicationRole;
  /** Publication of the tables on the publisher. */
  readonly publication: Publication;
  /** Table definitions on the subscriber. */
  readonly replicatedSchema: ReplicatedSchema;
  /** Subscription on the subscriber. */
  readonly subscription: Subscription;
  /** Wait for the initial copy; undefined unless `waitForInitialSync` is true. */
  readonly initialSync: InitialSync | undefined;
  /** Resources to depend on in order to use the replicated tables. */
  readonly established: ITerraformDependable[];

  /** @throws Error if a property value known at synthesis is invalid. */
  constructor(scope: Construct, id: string, props: LogicalReplicationProps) {
    super(scope, id);
    const { publisher, subscriber, name, tables, password } = props;
    const { passwordVersion = "1", publisherDependsOn = [], subscriberDependsOn = [] } = props;
    requireSlotName("name", name);
    requireNoColumnsBesideSchemas(props);
    const { hostInput: host } = publisher;
    if (host === undefined) {
      throw new Error(
        "publisher must have a host, which the subscriber connects to. Got a PostgresqlProvider without host.",
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
      ...defined({ tablesInSchema: props.tablesInSchema }),
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
      // Terraform connects to the publisher by its own address.
      ...((props.publisherHost !== undefined || props.publisherPort !== undefined) && {
        publisherConninfo: conninfo({ host, port, ...access }),
      }),
      publications: [this.publication.name],
      // Only the publisher knows the tables of a schema.
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
          // Unknown at plan if the subscription is replaced or gets new tables, which means that there are copies to wait for.
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
