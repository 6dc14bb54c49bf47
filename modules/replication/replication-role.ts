import { Grant, type GrantConfig } from "@cdktf/provider-postgresql/lib/grant";
import type { PostgresqlProvider } from "@cdktf/provider-postgresql/lib/provider";
import { Role, type RoleConfig } from "@cdktf/provider-postgresql/lib/role";
import { Fn, type IResolvable, type ITerraformDependable, TerraformIterator, Token } from "cdktf";
import { Construct } from "constructs";
import { requireTableNames, tablesBySchema } from "./table-names";

/** The properties of {@link ReplicationRole}. */
export interface ReplicationRoleProps {
  /** The publisher, as an administrator who may grant on the published tables. */
  readonly publisher: PostgresqlProvider;
  /** The role's name. */
  readonly name: string;
  /** The publisher's database that the published tables are in. */
  readonly database: string;
  /** The published tables, as `schema.table`; a part that has a dot in it in double quotes. */
  readonly tables: string[];
  /**
   * The schemas whose tables are all published. A table that is created later becomes readable with the next deployment.
   *
   * @default - none
   */
  readonly tablesInSchema?: string[];
  /** The role's password. It is kept nowhere but at the publisher, so an ephemeral value will do. */
  readonly password: string;
  /**
   * Any text; another one writes the password again.
   *
   * @default "1"
   */
  readonly passwordVersion?: string;
  /**
   * Whether the role is made a member of `rds_replication`, as Aurora and RDS have it, instead of getting the
   * REPLICATION attribute, which nobody there may give.
   *
   * @default false
   */
  readonly rdsReplication?: boolean | IResolvable;
  /**
   * What has to be there before the publisher can be connected to, and stay until the role is gone.
   *
   * @default - none
   */
  readonly dependsOn?: ITerraformDependable[];
}

/**
 * The role that a subscriber connects to the publisher as. It can log in and replicate, connect to the database, and
 * read the published tables, and nothing else.
 */
export class ReplicationRole extends Construct {
  /** The role itself. */
  readonly role: Role;
  /** The role's privileges; what uses them has to come after them. */
  readonly grants: Grant[];

  constructor(scope: Construct, id: string, props: ReplicationRoleProps) {
    super(scope, id);
    const { publisher: provider, database, tables } = props;
    requireTableNames("tables", tables);

    this.role = new Role(this, "role", {
      provider,
      name: props.name,
      login: true,
      ...mayReplicate(props.rdsReplication ?? false),
      passwordWo: props.password,
      passwordWoVersion: props.passwordVersion ?? "1",
      ...(props.dependsOn && { dependsOn: props.dependsOn }),
    });
    const wholeSchemas = props.tablesInSchema ?? [];
    const bySchema = tablesBySchema(this, "tables_by_schema", tables, wholeSchemas);
    const schemas = TerraformIterator.fromMap(bySchema.asAnyMap);
    const everywhere = { provider, database, role: this.role.name };
    const inSchemas = { ...everywhere, forEach: schemas, schema: schemas.key };
    this.grants = [
      new Grant(this, "database", { ...everywhere, objectType: "database", privileges: ["CONNECT"] }),
      new Grant(this, "schemas", { ...inSchemas, objectType: "schema", privileges: ["USAGE"] }),
      new Grant(this, "tables", {
        ...inSchemas,
        objectType: "table",
        objects: Token.asList(schemas.value),
        privileges: ["SELECT"],
      }),
      ...(wholeSchemas.length > 0 ? this.#grantsOnSchemas(everywhere, wholeSchemas) : []),
    ];
  }

  #grantsOnSchemas(
    everywhere: Pick<GrantConfig, "provider" | "database" | "role">,
    names: string[],
  ): Grant[] {
    const schemas = TerraformIterator.fromList(names);
    const inSchemas = { ...everywhere, forEach: schemas, schema: schemas.value as string };
    return [
      new Grant(this, "whole_schemas", { ...inSchemas, objectType: "schema", privileges: ["USAGE"] }),
      new Grant(this, "all_tables", { ...inSchemas, objectType: "table", privileges: ["SELECT"] }),
    ];
  }
}

function mayReplicate(rdsReplication: boolean | IResolvable): Pick<RoleConfig, "roles" | "replication"> {
  if (!Token.isUnresolved(rdsReplication)) {
    return rdsReplication ? { roles: ["rds_replication"] } : { replication: true };
  }
  // To ask for what is not wanted takes the same right as to ask for it.
  const none = Token.nullValue();
  return {
    roles: Token.asList(Fn.conditional(rdsReplication, ["rds_replication"], none)),
    replication: Fn.conditional(rdsReplication, none, true) as IResolvable,
  };
}
