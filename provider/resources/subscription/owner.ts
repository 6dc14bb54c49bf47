import { DiagnosticError } from "../../framework/diagnostics";
import type { CreateOperation } from "../../framework/resource";
import type { PostgresServer } from "../../postgres/server";
import { lit, sql } from "../../postgres/sql";
import type { SubscriptionSchema } from "./schema";

/** Refuses an owner that the server would accept too late, or that would never replicate anything. */
export async function requireUsableOwner(
  { provider, planned: { owner }, signal }: CreateOperation<SubscriptionSchema, PostgresServer>,
  database: string,
  present: string,
): Promise<void> {
  if (!owner || owner === present) return;
  const query = sql`SELECT rolcanlogin AS can_login FROM pg_catalog.pg_roles WHERE rolname = ${lit(owner)}`;
  const [role] = await provider.select<{ can_login: boolean }>(database, query, signal);
  if (role === undefined) {
    throw new DiagnosticError(
      "Owner does not exist",
      `The role ${JSON.stringify(owner)} cannot own the subscription: the subscriber has no role of this name. Nothing was changed. Create the role first, let the subscription depend on it, or correct the name.`,
      ["owner"],
    );
  }
  if (role.can_login) return;
  throw new DiagnosticError(
    "Owner cannot log in",
    `The role ${JSON.stringify(owner)} cannot own the subscription: its workers run as the owner, and this role has no LOGIN. Nothing was changed. Give it LOGIN, or choose another owner.`,
    ["owner"],
  );
}
