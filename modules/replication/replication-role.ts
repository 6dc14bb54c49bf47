import { Grant, type GrantConfig } from "@cdktf/provider-postgresql/lib/grant";
import type { PostgresqlProvider } from "@cdktf/provider-postgresql/lib/provider";
import { Role, type RoleConfig } from "@cdktf/provider-postgresql/lib/role";
import { Fn, type IResolvable, type ITerraformDependable, TerraformIterator, Token } from "cdktf";
import { Construct } from "constructs";
import { defined } from "../defined";
import { requireTableNames, tablesBySchema } from "./table-names";

/** Properties of {@link ReplicationRole}. */
export interface ReplicationRoleProps {
  /** Publisher, connected as a user that can grant privileges on the published tables. */
  readonly publisher: PostgresqlProvider;
  /** Name of the role. */
  readonly name: string;
  /** Database of the publisher with the published tables. */
  readonly database: string;
  /** Published tables, as `schema.table`. Put a part that contains a dot in double quotes. */
  readonly tables: string[];
  /**
   * Schemas whose tables are all published. The next deployment grants privileges on tables created later.
   *
   * @default - none
   */
  readonly tablesInSchema?: string[];
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
   * it: their administrators cannot set the attribute.
   *
   * @default false
   */
  readonly rdsReplication?: boolean | IResolvable;
  /**
   * Resources that must exist while Terraform connects to the publisher, such as the server and its inbound rules.
   *
   * @default - none
   */
  readonly dependsOn?: ITerraformDependable[];
}

/**
 * The role that a subscriber connects to the publisher as. It can log in and replicate, connect to the database and
 * read the published tables, and nothing else.
 *
 * @example
 * ```ts
 * import { PostgresqlProvider, ReplicationRole } from "aurora-logical-replication/modules/replication";
 *
 * const publisher = new PostgresqlProvider(this, "publisher", { host: "publisher.example.com" });
 * new ReplicationRole(this, "role", {
 *   publisher,
 *   name: "orders",
 *   database: "orders",
 *   tables: ["public.orders"],
 *   password: "${ephemeral.aws_secretsmanager_random_password.orders.random_password}",
 * });
 * ```
 * @see https://www.postgresql.org/docs/current/logical-replication-security.html
 */
export class ReplicationRole extends Construct {
  /** Resource of the role. */
  readonly role: Role;
  /** Privileges of the role. Resources that use them must depend on them. */
  readonly grants: Grant[];

  /** @throws Error if the name of a table is invalid. */
  constructor(scope: Construct, id: string, props: ReplicationRoleProps) {
    super(scope, id);
    const { publisher: provider, database, tables } = props;
    requireTableNames("tables", tables);

    this.role = new Role(this, "role", {
      provider,
      name: props.name,
      login: true,
      ...replicationRight(props.rdsReplication ?? false),
      passwordWo: props.password,
      passwordWoVersion: props.passwordVersion ?? "1",
      ...defined({ dependsOn: props.dependsOn }),
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

function replicationRight(rdsReplication: boolean | IResolvable): Pick<RoleConfig, "roles" | "replication"> {
  if (!Token.isUnresolved(rdsReplication)) {
    return rdsReplication ? { roles: ["rds_replication"] } : { replication: true };
  }
  // Null omits an attribute: setting it to false requires the same right as setting it to true.
  const omitted = Token.nullValue();
  return {
    roles: Token.asList(Fn.conditional(rdsReplication, ["rds_replication"], omitted)),
    replication: Fn.conditional(rdsReplication, omitted, true) as IResolvable,
  };
}
