import type { SessionInfo } from "../../postgres/session";
import { lit, type Sql, sql, textArray } from "../../postgres/sql";
import { type FunctionArgument, inputTypes, type KnownArgument, writeArgumentName } from "./arguments";

/** What identifies a function in a database. */
export interface FunctionKey {
  readonly schema: string;
  readonly name: string;
  readonly arg: readonly FunctionArgument[];
}

/** A function as the catalog has it. */
export interface FunctionRow {
  readonly owner: string;
  readonly language: string;
  readonly returns: string;
  readonly body: string;
  readonly volatility: "i" | "s" | "v";
  readonly parallel: "s" | "r" | "u";
  readonly strict: boolean;
  readonly security_definer: boolean;
  readonly args: readonly ArgumentRow[];
  /** PostgreSQL's own CREATE OR REPLACE FUNCTION statement. */
  readonly definition: string;
  readonly leakproof: boolean;
  readonly cost: number;
  /** 0 for a function that returns no set. */
  readonly rows: number;
}

interface ArgumentRow {
  readonly type: string;
  readonly name: string;
  /** `i`, `o`, `b` (INOUT), `v`, or `t` for a column of RETURNS TABLE. */
  readonly mode: string;
  readonly default: string | null;
}

/** Finds a function by the types of its input arguments, whatever their spelling. No row when it does not exist. */
export function functionQuery({ schema, name, arg }: FunctionKey, { version }: SessionInfo): Sql {
  const isFunction = version.atLeast(11) ? sql`p.prokind IN ('f', 'w')` : sql`NOT p.proisagg`;
  const sqlBody = version.atLeast(14) ? sql`pg_catalog.pg_get_function_sqlbody(p.oid)` : sql`NULL`;
  const types = sql`(SELECT coalesce(string_agg(coalesce(pg_catalog.to_regtype(type)::oid::text, 'none'), ' ' ORDER BY place), '')
                     FROM unnest(${textArray(inputTypes(arg))}) WITH ORDINALITY AS argument (type, place))`;
  return sql`SELECT pg_catalog.pg_get_userbyid(p.proowner) AS owner, l.lanname AS language,
                    pg_catalog.pg_get_function_result(p.oid) AS returns,
                    coalesce(${sqlBody}, CASE WHEN l.lanname = 'c' THEN p.probin::text END, p.prosrc) AS body,
                    p.provolatile::text AS volatility, p.proparallel::text AS parallel, p.proisstrict AS strict,
                    p.prosecdef AS security_definer, p.proleakproof AS leakproof,
                    p.procost::float8 AS cost, p.prorows::float8 AS rows,
                    pg_catalog.pg_get_functiondef(p.oid) AS definition,
                    (SELECT coalesce(json_agg(json_build_object(
                              'type', pg_catalog.format_type(type, NULL), 'name', coalesce(p.proargnames[place], ''),
                              'mode', coalesce(p.proargmodes[place]::text, 'i'),
                              'default', pg_catalog.pg_get_function_arg_default(p.oid, place::int4)) ORDER BY place), '[]')
                     FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY AS argument (type, place)) AS args
             FROM pg_catalog.pg_proc p
             JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
             JOIN pg_catalog.pg_language l ON l.oid = p.prolang
             WHERE n.nspname = ${lit(schema)} AND p.proname = ${lit(name)} AND ${isFunction}
               AND p.proargtypes::text = ${types}`;
}

const MODES: Readonly<Record<string, string>> = { i: "IN", o: "OUT", b: "INOUT", v: "VARIADIC" };

/** The arguments as `arg` blocks. Columns of RETURNS TABLE belong to `returns`. */
export function argumentsOf({ args }: FunctionRow): KnownArgument[] {
  return args
    .filter(({ mode }) => mode !== "t")
    .map(({ type, name, mode, default: value }) => ({
      type,
      name: writeArgumentName(name),
      mode: MODES[mode] ?? "IN",
      default: value,
    }));
}

/** The names of `volatility` and `parallel` by the catalog's letters. */
export const VOLATILITIES = { i: "IMMUTABLE", s: "STABLE", v: "VOLATILE" } as const;
export const PARALLEL_SAFETIES = { s: "SAFE", r: "RESTRICTED", u: "UNSAFE" } as const;
