import { id, keyword, list, lit, type Sql, sql, verbatim } from "../../postgres/sql";
import { argumentSql, type FunctionArgument, modeOf } from "./arguments";
import { sourceOf } from "./body";
import type { FunctionRow } from "./catalog";

/** The attributes that CREATE FUNCTION sets. */
export interface FunctionDefinition {
  readonly schema: string;
  readonly name: string;
  readonly arg: readonly FunctionArgument[];
  /** Null when PostgreSQL derives it from the output arguments; void without any. */
  readonly returns: string | null;
  readonly language: string;
  readonly body: string;
  readonly volatility: string;
  readonly parallel: string;
  readonly strict: boolean;
  readonly security_definer: boolean;
}

/**
 * The statement that creates a function, or replaces the existing one. A replacement keeps the settings that the resource
 * does not manage (`SET search_path`, COST, ROWS, LEAKPROOF): CREATE OR REPLACE alone would reset them.
 */
export function functionStatement(wanted: FunctionDefinition, existing: FunctionRow | null): Sql {
  const hasOutput = wanted.arg.some((arg) => ["OUT", "INOUT"].includes(modeOf(arg)));
  const returns = wanted.returns ?? (hasOutput ? null : "void");
  const clauses = [
    ...(returns === null ? [] : [sql`RETURNS ${verbatim(returns)}`]),
    sql`LANGUAGE ${id(wanted.language.toLowerCase())}`,
    keyword(wanted.volatility),
    sql`PARALLEL ${keyword(wanted.parallel)}`,
    ...(wanted.strict ? [sql`STRICT`] : []),
    ...(wanted.security_definer ? [sql`SECURITY DEFINER`] : []),
    ...(existing === null ? [] : unmanagedClauses(existing)),
    sql`AS ${lit(sourceOf(wanted.body))}`,
  ];
  const verb = existing === null ? sql`CREATE FUNCTION` : sql`CREATE OR REPLACE FUNCTION`;
  return sql`${verb} ${id(wanted.schema, wanted.name)} (${list(wanted.arg.map(argumentSql))}) ${list(clauses, "\n")}`;
}

/** PostgreSQL's defaults of COST, for languages in C and for all others. */
const DEFAULT_COSTS: readonly number[] = [1, 100];
const DEFAULT_ROWS = 1000;

function unmanagedClauses({ definition, leakproof, cost, rows }: FunctionRow): Sql[] {
  const [header = ""] = definition.split(/\n(?:AS |BEGIN ATOMIC|RETURN )/);
  const settings = header.match(/^ SET .*$/gm) ?? [];
  return [
    ...(leakproof ? [sql`LEAKPROOF`] : []),
    ...(DEFAULT_COSTS.includes(cost) ? [] : [sql`COST ${lit(cost)}`]),
    ...(rows === 0 || rows === DEFAULT_ROWS ? [] : [sql`ROWS ${lit(rows)}`]),
    // PostgreSQL itself wrote these.
    ...settings.map(verbatim),
  ];
}
