import { Grant } from "@cdktf/provider-postgresql/lib/grant";
import { Role } from "@cdktf/provider-postgresql/lib/role";
import { Schema } from "@cdktf/provider-postgresql/lib/schema";
import { type ITerraformDependable, TerraformIterator, Token } from "cdktf";
import { Construct } from "constructs";
import { defined } from "../defined";
import type { PostgresqlProvider } from "../replication/postgresql-provider";
import type { TablesBySchema } from "./selected-tables";

/**
 * Privileges of the user: on the source DMS reads tables, on the target it creates and fills tables.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.PostgreSQL.html
 */
const PRIVILEGES = {
  source: { database: ["CONNECT"], schema: ["USAGE"], table: ["SELECT"] },
  target: {
    database: ["CONNECT", "CREATE"],
    schema: ["CREATE", "USAGE"],
    table: ["DELETE", "INSERT", "SELECT", "TRUNCATE", "UPDATE"],
  },
};

/** Properties of {@link DmsUser}. */
export interface DmsUserProps {
  /** Whether DMS reads from the server or writes to it. */
  readonly endpointType: "source" | "target";
  /** Server, connected as a user that can grant privileges on the tables. */
  readonly provider: PostgresqlProvider;
  /** Database with the tables. */
  readonly database: string;
  /** Name of the role. */
  readonly name: string;
  /** Password of the role. Only the server stores it, so it may be an ephemeral value. */
  readonly password: string;
  /** An arbitrary version string. Change it to write a new `password` to the server. */
  readonly passwordVersion: string;
  /** Whether DMS captures changes of the server. If true, the role is a member of `rds_replication`. */
  readonly replication: boolean;
  /** Name of a new schema for the tables of DMS. A destroy drops the schema with its tables. */
  readonly ownSchema: string;
  /**
   * Existing schemas, with their tables that DMS reads or writes. Tables that DMS creates belong to its user, which needs
   * no privileges on them.
   */
  readonly tables: TablesBySchema;
  /**
   * Resources that must exist while Terraform connects to the server, such as its inbound rules.
   *
   * @default - none
   */
  readonly dependsOn?: ITerraformDependable[];
}

/**
 * The role that DMS connects to a server as, with only the privileges that it requires. When the role is destroyed, the
 * objects that it owns become the administrator's: tables that DMS created stay.
 *
 * @example
 * ```ts
 * import { DmsUser } from "aurora-logical-replication/modules/dms";
 * import { PostgresqlProvider } from "aurora-logical-replication/modules/replication";
 *
 * const provider = new PostgresqlProvider(this, "publisher", { host: "publisher.example.com" });
 * new DmsUser(this, "user", {
 *   endpointType: "source",
 *   provider,
 *   database: "orders",
 *   name: "orders_source",
 *   password: "${ephemeral.aws_secretsmanager_random_password.source.random_password}",
 *   passwordVersion: "1",
 *   replication: true,
 *   ownSchema: "awsdms",
 *   tables: { public: ["orders"], sales: "all" },
 * });
 * ```
 */
export class DmsUser extends Construct {
  /** Role that DMS connects as. */
  readonly role: Role;
  /** Schema for the tables of DMS. */
  readonly ownSchema: Schema;
  /** Resources that must exist while DMS connects to the server. */
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: DmsUserProps) {
    super(scope, id);
    const { provider, database, tables, dependsOn } = props;
    const required = PRIVILEGES[props.endpointType];
    this.role = new Role(this, "role", {
      provider,
      name: props.name,
      login: true,
      ...(props.replication && { roles: ["rds_replication"] }),
      passwordWo: props.password,
      passwordWoVersion: props.passwordVersion,
      ...defined({ dependsOn }),
    });
    this.ownSchema = new Schema(this, "own_schema", {
      provider,
      database,
      name: props.ownSchema,
      // A destroy drops everything in the schema, so Terraform must not adopt an existing one.
      ifNotExists: false,
      dropCascade: true,
      // Destroyed before the role, so that the tables in it need no new owner.
      dependsOn: [this.role],
    });
    const everywhere = { provider, database, role: this.role.name };
    const schemas = TerraformIterator.fromList(Object.keys(tables));
    const withTables = TerraformIterator.fromMap(grantedTables(tables));
    this.ready = [
      new Grant(this, "database", {
        ...everywhere,
        objectType: "database",
        privileges: required.database,
      }),
      new Grant(this, "own_schema_grant", {
        ...everywhere,
        schema: this.ownSchema.name,
        objectType: "schema",
        privileges: ["CREATE", "USAGE"],
      }),
      new Grant(this, "schemas", {
        ...everywhere,
        forEach: schemas,
        schema: Token.asString(schemas.value),
        objectType: "schema",
        privileges: required.schema,
      }),
      new Grant(this, "tables", {
        ...everywhere,
        forEach: withTables,
        schema: withTables.key,
        objectType: "table",
        objects: Token.asList(withTables.value),
        privileges: required.table,
      }),
    ];
  }
}

/** Tables for the grants, where an empty list means all tables of a schema. */
function grantedTables(tables: TablesBySchema): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(tables)
      .filter(([, names]) => names.length > 0)
      .map(([schema, names]) => [schema, names === "all" ? [] : names]),
  );
}
