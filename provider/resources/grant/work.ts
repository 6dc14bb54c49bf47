import { DiagnosticError } from "../../framework/diagnostics";
import type { SessionInfo } from "../../postgres/session";
import { list, lit, type Sql, sql } from "../../postgres/sql";
import type { Transaction } from "../../postgres/transaction";
import {
  changesTo,
  changeStatements,
  describeFailure,
  type PrivilegeChange,
  type WantedPrivileges,
} from "./changes";
import {
  findingsQuery,
  type GrantFindings,
  type GrantScope,
  type GrantTarget,
  isRoutine,
  missingTargets,
  needsSchema,
} from "./targets";
import { asMemberOf } from "../shared/membership";
import type { ObjectType } from "../shared/privileges";

/**
 * Makes the role hold on every target exactly what is wanted, and nothing on those that only an earlier grant was about.
 *
 * @returns What is there afterwards.
 * @throws DiagnosticError when an object is missing or ambiguous, or the server did not do as it was told.
 */
export async function grantExactly(
  tx: Transaction,
  session: SessionInfo,
  scope: GrantScope,
  type: ObjectType,
  wanted: WantedPrivileges,
  earlier: GrantScope | null,
): Promise<GrantFindings> {
  const { targets } = await lockAndFind(tx, session, scope, type);
  requireTargets(scope, targets, type);
  const before = earlier === null ? [] : (await find(tx, findingsQuery(earlier, type, session))).targets;
  const kept = new Set(targets.map(keyOf));
  const abandoned = before.filter((target) => !kept.has(keyOf(target)));
  const changes = [
    ...targets.flatMap((target) => changesTo(target, wanted)),
    ...withdrawals(abandoned, scope.role),
  ];
  await makeChanges(tx, session, scope, type, changes);
  const after = await find(tx, findingsQuery(scope, type, session));
  const remaining = after.targets.flatMap((target) => changesTo(target, wanted));
  if (remaining.length > 0) {
    throw new DiagnosticError(
      "Privileges were not changed",
      `${remaining.map((change) => describeFailure(change, scope, type)).join("\n")}\n\n` +
        "Connect as the owner of the objects, as a member of their owner, or as a superuser.",
    );
  }
  return after;
}

/** Takes from the role all that it holds on the targets: that is what a grant has made it. */
export async function revokeGranted(
  tx: Transaction,
  session: SessionInfo,
  scope: GrantScope,
  type: ObjectType,
): Promise<void> {
  const { targets } = await lockAndFind(tx, session, scope, type);
  await makeChanges(tx, session, scope, type, withdrawals(targets, scope.role));
}

/** An owner has its privileges without a grant, and keeps them. */
function withdrawals(targets: readonly GrantTarget[], role: string): PrivilegeChange[] {
  const nothing = { names: new Set<string>(), grantable: false };
  return targets.filter(({ owner }) => owner !== role).flatMap((target) => changesTo(target, nothing));
}

/** Two grants on one object at once would be in each other's way: those in one schema take turns. */
async function lockAndFind(
  tx: Transaction,
  session: SessionInfo,
  scope: GrantScope,
  type: ObjectType,
): Promise<GrantFindings> {
  const place = needsSchema(type) ? `schema ${scope.schema ?? ""}` : type;
  const lock = sql`SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('postgresql_grant'), pg_catalog.hashtext(${lit(place)}))`;
  return find(tx, list([lock, findingsQuery(scope, type, session)], ";\n"));
}

async function find(tx: Transaction, query: Sql): Promise<GrantFindings> {
  const [findings] = await tx.query<GrantFindings>(query);
  if (findings === undefined) throw new Error("the server does not say what is granted");
  return findings;
}

function keyOf({ name, signature, column }: GrantTarget): string {
  return JSON.stringify([name, signature, column]);
}

async function makeChanges(
  tx: Transaction,
  session: SessionInfo,
  scope: GrantScope,
  type: ObjectType,
  changes: readonly PrivilegeChange[],
): Promise<void> {
  if (changes.length === 0) return;
  const owners = [...new Set(changes.map(({ target }) => target.owner))];
  await asMemberOf(tx, session, owners, () => tx.query(list(changeStatements(changes, scope, type), ";\n")));
}

function requireTargets(scope: GrantScope, targets: readonly GrantTarget[], type: ObjectType): void {
  const missing = missingTargets(scope, targets, type);
  if (missing.length > 0) {
    throw new DiagnosticError(
      "Object does not exist",
      `Nothing can be granted on what is not there: ${missing.join(", ")}. Create it first, or correct the name; names are taken to the letter, upper case included.`,
      ["objects"],
    );
  }
  if (!isRoutine(type)) return;
  for (const object of scope.objects ?? []) {
    const candidates = targets.filter(({ reference }) => reference === object);
    if (candidates.length < 2) continue;
    const signatures = candidates.map(({ name, signature }) => `${name}${signature ?? ""}`);
    throw new DiagnosticError(
      "Ambiguous routine",
      `Several routines are named ${JSON.stringify(object)}. Say which of them are meant: ${signatures.join(", ")}.`,
      ["objects"],
    );
  }
}
