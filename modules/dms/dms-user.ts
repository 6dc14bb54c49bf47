import { Grant } from "@cdktf/provider-postgresql/lib/grant";
import { Role } from "@cdktf/provider-postgresql/lib/role";
import { Schema } from "@cdktf/provider-postgresql/lib/schema";
import { type ITerraformDependable, TerraformIterator, Token } from "cdktf";
import { Construct } from "constructs";
import type { PostgresqlProvider } from "../replication/postgresql-provider";
import type { TablesBySchema } from "./selected-tables";

/** What DMS does with a server: it reads from the one, and makes and fills tables at the other. */
const privileges = {
  source: { database: ["CONNECT"], schema: ["USAGE"], table: ["SELECT"] },
  target: {
    database: ["CONNECT", "CREATE"],
    schema: ["CREATE", "USAGE"],
    table: ["DELETE", "INSERT", "SELECT", "TRUNCATE", "UPDATE"],
  },
};

/** The properties of {@link DmsUser}. */
export interface DmsUserProps {
  /** Whether DMS reads from the server, or writes to it. */
  readonly endpointType: "source" | "target";
  /** The server, as an administrator who may grant on the tables. */
  readonly provider: PostgresqlProvider;
  /** The database with the tables. */
  readonly database: string;
  /** The role's name. */
  readonly name: string;
  /** The role's password. It is kept nowhere but at the server, so an ephemeral value will do. */
  readonly password: string;
  /** Any text; another one writes the password again. */
  readonly passwordVersion: string;
  /** Whether DMS reads changes from the server: the role becomes a member of `rds_replication`. */
  readonly replication: boolean;
  /** A new schema for DMS's own tables. It is dropped with them when it is destroyed. */
  readonly ownSchema: string;
  /**
   * The schemas that are there, and their tables that DMS reads or writes. What DMS makes is its user's own, and needs no
   * privileges.
   */
  readonly tables: TablesBySchema;
  /**
   * What has to be there before the server can be connected to, and stay until the role is gone.
   *
   * @default - none
   */
  readonly dependsOn?: ITerraformDependable[];
}

/**
 * The role that DMS connects to a server as, with the privileges that it needs there, and nothing else. When it is
 * destroyed, what it owns goes to the administrator: tables that DMS has made stay.
 */
export class DmsUser extends Construct {
  /** The role that DMS connects as. */
  readonly role: Role;
  /** The schema for DMS's own tables. */
  readonly ownSchema: Schema;
  /** What has to be there before DMS connects, and stay until it does not any more. */
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: DmsUserProps) {
    super(scope, id);
    const { provider, database, tables, dependsOn } = props;
    const needed = privileges[props.endpointType];
    this.role = new Role(this, "role", {
      provider,
      name: props.name,
      login: true,
      ...(props.replication && { roles: ["rds_replication"] }),
      passwordWo: props.password,
      passwordWoVersion: props.passwordVersion,
      ...(dependsOn && { dependsOn }),
    });
    this.ownSchema = new Schema(this, "own_schema", {
      provider,
      database,
      name: props.ownSchema,
      // All that is in it is dropped with it: it must not be somebody else's.
      ifNotExists: false,
      dropCascade: true,
      // So that it goes first, and what the role owns in it needs no other owner.
      dependsOn: [this.role],
    });
    const everywhere = { provider, database, role: this.role.name };
    const schemas = TerraformIterator.fromList(Object.keys(tables));
    const withTables = TerraformIterator.fromMap(grantedTables(tables));
    this.ready = [
      new Grant(this, "database", {
        ...everywhere,
        objectType: "database",
        privileges: needed.database,
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
        privileges: needed.schema,
      }),
      new Grant(this, "tables", {
        ...everywhere,
        forEach: withTables,
        schema: withTables.key,
        objectType: "table",
        objects: Token.asList(withTables.value),
        privileges: needed.table,
      }),
    ];
  }
}

/** As the grants have them: all tables of a schema when none is named. */
function grantedTables(tables: TablesBySchema): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(tables)
      .filter(([, names]) => names.length > 0)
      .map(([schema, names]) => [schema, names === "all" ? [] : names]),
  );
}
