import { id, keyword, list, lit, type Sql, sql } from "../../postgres/sql";

/** When a password that never ends to be valid does so. */
export const FOREVER = "infinity";

/** The attributes that are an option of CREATE and ALTER ROLE, with its word for true; NO before it means false. */
const FLAGS = {
  superuser: "SUPERUSER",
  create_database: "CREATEDB",
  create_role: "CREATEROLE",
  inherit: "INHERIT",
  login: "LOGIN",
  replication: "REPLICATION",
  bypass_row_level_security: "BYPASSRLS",
} as const;

export type RoleFlag = keyof typeof FLAGS;

/** What CREATE ROLE makes when nothing else is said. */
export const FRESH: RoleAttributes = {
  superuser: false,
  create_database: false,
  create_role: false,
  inherit: true,
  login: false,
  replication: false,
  bypass_row_level_security: false,
  connection_limit: -1,
  valid_until: FOREVER,
  search_path: null,
  statement_timeout: null,
  idle_in_transaction_session_timeout: null,
  assume_role: null,
};

/** What CREATE and ALTER ROLE say of a role, its name, password and memberships aside. */
export interface RoleAttributes extends Readonly<Record<RoleFlag, boolean>> {
  readonly connection_limit: number;
  readonly valid_until: string;
  readonly search_path: readonly string[] | null;
  readonly statement_timeout: number | null;
  readonly idle_in_transaction_session_timeout: number | null;
  readonly assume_role: string | null;
}

/** The options of CREATE or ALTER ROLE for what differs. */
export function changedOptions(before: RoleAttributes, after: RoleAttributes): Sql[] {
  const names = Object.keys(FLAGS) as RoleFlag[];
  const options = names
    .filter((name) => after[name] !== before[name])
    .map((name) => keyword(after[name] ? FLAGS[name] : `NO${FLAGS[name]}`));
  if (after.connection_limit !== before.connection_limit)
    options.push(sql`CONNECTION LIMIT ${lit(after.connection_limit)}`);
  if (after.valid_until !== before.valid_until)
    options.push(sql`VALID UNTIL ${lit(after.valid_until || FOREVER)}`);
  return options;
}

/** The statements that set and reset what differs. */
export function changedSettings(
  before: RoleAttributes,
  after: RoleAttributes & { readonly name: string },
): Sql[] {
  const one = (value: string | number | null): Sql | null =>
    value === null || value === "" ? null : lit(value);
  const path = ({ search_path: names }: RoleAttributes): Sql | null =>
    names === null || names.length === 0 ? null : list(names.map((name) => lit(name)));
  const settings = [
    [sql`search_path`, path(before), path(after)],
    [sql`statement_timeout`, one(before.statement_timeout), one(after.statement_timeout)],
    [
      sql`idle_in_transaction_session_timeout`,
      one(before.idle_in_transaction_session_timeout),
      one(after.idle_in_transaction_session_timeout),
    ],
    [sql`role`, one(before.assume_role), one(after.assume_role)],
  ] as const;
  return settings
    .filter(([, was, is]) => was?.text !== is?.text)
    .map(([name, , is]) =>
      is === null
        ? sql`ALTER ROLE ${id(after.name)} RESET ${name}`
        : sql`ALTER ROLE ${id(after.name)} SET ${name} TO ${is}`,
    );
}
