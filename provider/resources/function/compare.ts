import { list, lit, type Sql, sql, textArray, verbatim } from "../../postgres/sql";
import { argumentName, type FunctionArgument, modeOf, parseReturns } from "./arguments";

/** Runs one query in the function's database. */
export type Ask = <Row>(query: Sql) => Promise<Row[]>;

/** How two lists of arguments differ: a `default` can change in place, all else and a removed default cannot. */
export type ArgumentDifference = "none" | "defaults" | "signature";

/** Compares two lists of arguments by meaning: `int` and `integer` are the same type, `'a'` and `'a'::text` the same default. */
export async function compareArguments(
  before: readonly FunctionArgument[],
  after: readonly FunctionArgument[],
  ask: Ask,
): Promise<ArgumentDifference> {
  if (before.length !== after.length) return "signature";
  const pairs = before.flatMap((one, index) => {
    const other = after[index];
    return other === undefined ? [] : [{ one, other }];
  });
  const isSameSignature =
    pairs.every(
      ({ one, other }) => argumentName(one) === argumentName(other) && modeOf(one) === modeOf(other),
    ) &&
    (await areSameTypes(
      pairs.map(({ one, other }) => [one.type, other.type]),
      ask,
    ));
  if (!isSameSignature || pairs.some(({ one, other }) => one.default && !other.default)) return "signature";
  for (const { one, other } of pairs) {
    if (!(await isSameDefault(one, other, ask))) return "defaults";
  }
  return "none";
}

/** Compares what two functions return, whatever the spelling of the types. */
export async function isSameReturn(before: string, after: string, ask: Ask): Promise<boolean> {
  const [one, other] = [parseReturns(before), parseReturns(after)];
  if (one.kind !== other.kind || one.types.length !== other.types.length) return false;
  if (one.names.join("\0") !== other.names.join("\0")) return false;
  return areSameTypes(
    one.types.map((type, index) => [type, other.types[index] ?? ""]),
    ask,
  );
}

async function areSameTypes(pairs: readonly (readonly [string, string])[], ask: Ask): Promise<boolean> {
  const different = pairs.filter(([one, other]) => one !== other);
  if (different.length === 0) return true;
  const [row] = await ask<{ same: boolean }>(
    sql`SELECT bool_and(coalesce(pg_catalog.to_regtype(a) = pg_catalog.to_regtype(b), false)) AS same
        FROM unnest(${textArray(different.map(([one]) => one))}, ${textArray(different.map(([, other]) => other))}) AS pair (a, b)`,
  );
  return row?.same === true;
}

/** Lets the planner write both expressions in its own way. It does not evaluate anything that is not immutable. */
async function isSameDefault(one: FunctionArgument, other: FunctionArgument, ask: Ask): Promise<boolean> {
  const [before, after] = [one.default ?? "", other.default ?? ""];
  if (before === after) return true;
  if (before === "" || after === "") return false;
  const [type] = await ask<{ name: string | null }>(
    sql`SELECT pg_catalog.format_type(pg_catalog.to_regtype(${lit(one.type)}), NULL) AS name`,
  );
  if (!type?.name) return false;
  const typeName = verbatim(type.name);
  const values = [before, after].map((text) => sql`(${verbatim(text)})::${typeName}`);
  const [plan] = await ask<{ "QUERY PLAN": readonly { Plan: { Output?: readonly string[] } }[] }>(
    sql`EXPLAIN (VERBOSE, FORMAT JSON) SELECT ${list(values)}`,
  );
  const [first, second] = plan?.["QUERY PLAN"][0]?.Plan.Output ?? [];
  return first !== undefined && first === second;
}
