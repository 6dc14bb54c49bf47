import { id, type Sql, sql, verbatim } from "../../postgres/sql";
import { splitTypes } from "../shared/argument-types";

/** An `arg` block of a configuration. Empty texts mean the same as null. */
export interface FunctionArgument {
  /** An SQL type. */
  readonly type: string;
  /** An SQL name: without double quotes, upper-case letters count as lower-case ones. */
  readonly name: string | null;
  readonly mode: string | null;
  /** An SQL expression. */
  readonly default: string | null;
}

/** An `arg` block of a plan or a state, where the mode has its default. */
export interface KnownArgument extends FunctionArgument {
  readonly mode: string;
}

/** The argument modes of PostgreSQL that an `arg` block can have. */
export const MODES: readonly string[] = ["IN", "OUT", "INOUT", "VARIADIC"];

/** The mode in upper case; without one, IN. */
export function modeOf({ mode }: FunctionArgument): string {
  return mode ? mode.toUpperCase() : "IN";
}

/** The name as PostgreSQL stores it; empty without a name. */
export function argumentName({ name }: FunctionArgument): string {
  if (name === null || name === "") return "";
  return unquote(name);
}

/** The name of an argument as SQL writes it: quoted where PostgreSQL would otherwise change it. */
export function writeArgumentName(name: string): string | null {
  if (name === "") return null;
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** The types that identify a function: those of all arguments that a call passes. */
export function inputTypes(args: readonly FunctionArgument[]): string[] {
  return args.filter((arg) => modeOf(arg) !== "OUT").map(({ type }) => type);
}

/** An argument within CREATE FUNCTION. */
export function argumentSql(arg: FunctionArgument): Sql {
  const name = argumentName(arg);
  const named = name === "" ? sql`` : sql` ${id(name)}`;
  const value = arg.default ? sql` DEFAULT ${verbatim(arg.default)}` : sql``;
  return sql`${verbatim(modeOf(arg))}${named} ${verbatim(arg.type)}${value}`;
}

/** What a function returns, taken apart: its types, and what is around them. */
export interface ReturnType {
  readonly kind: "value" | "set" | "table";
  /** The names of a table's columns. */
  readonly names: readonly string[];
  readonly types: readonly string[];
}

/** Reads the text after RETURNS: `integer`, `SETOF text`, or `TABLE (a integer, b text)`. */
export function parseReturns(text: string): ReturnType {
  const [, columns] = /^\s*TABLE\s*\((.*)\)\s*$/is.exec(text) ?? [];
  if (columns === undefined) {
    const [, set, type = ""] = /^\s*(SETOF\s)?\s*(.*?)\s*$/is.exec(text) ?? [];
    return { kind: set === undefined ? "value" : "set", names: [], types: [type] };
  }
  const pairs = splitTypes(columns).map((column) => {
    const [, name = "", type = ""] = /^("(?:[^"]|"")*"|\S+)\s+(.*)$/s.exec(column) ?? [];
    return { name: unquote(name), type };
  });
  return { kind: "table", names: pairs.map(({ name }) => name), types: pairs.map(({ type }) => type) };
}

function unquote(name: string): string {
  const [, quoted] = /^"(.*)"$/s.exec(name) ?? [];
  if (quoted !== undefined) return quoted.replaceAll('""', '"');
  return /^[a-z_][a-z0-9_$]*$/i.test(name) ? name.toLowerCase() : name;
}
