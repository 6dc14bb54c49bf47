import { DiagnosticError, type Diagnostics } from "../../framework/diagnostics";
import type { CreateOperation, PlanOperation } from "../../framework/resource";
import { defaulted, optional, optionalComputed, required, type Schema } from "../../framework/schema";
import { bool, string } from "../../framework/value-type";
import type { State, View } from "../../framework/values";
import { joinName } from "../../postgres/relation-name";
import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { id, list, type Sql, sql, verbatim } from "../../postgres/sql";
import { SQLSTATE } from "../../postgres/sqlstate";
import type { Transaction } from "../../postgres/transaction";
import { databaseAttribute, databaseOf, nullWithoutDatabase, planDatabase } from "../shared/database-object";
import { define } from "../shared/define";
import { identifierComplaint } from "../shared/identifier";
import { asMemberOf } from "../shared/membership";
import { askWhilePlanning, refuseExisting } from "../shared/plan-check";
import { withRemedies } from "../shared/remedies";
import { type FunctionArgument, inputTypes, type KnownArgument, MODES, modeOf } from "./arguments";
import { sourceOf } from "./body";
import { argumentsOf, functionQuery, type FunctionRow, PARALLEL_SAFETIES, VOLATILITIES } from "./catalog";
import { type Ask, compareArguments, isSameReturn } from "./compare";
import { parseFunctionImportId } from "./import-id";
import { functionStatement } from "./statement";

/** Where upstream creates a function without `schema`. */
const DEFAULT_SCHEMA = "public";

const schema = {
  description:
    "Function in a schema. Changes of the body, the language, the options and the default values of arguments replace the function in place: its owner, its privileges, the objects that depend on it, and settings that this resource does not manage (`SET search_path`, `COST`, …) stay. A change of its name, its argument types, names or modes, or of its result drops and creates it. " +
    "The import ID is `database.schema.name(types)`, or `schema.name(types)` in the provider's database, with the types of the input arguments.",
  attributes: {
    name: required(string, {
      description: "Name of the function.",
      requiresReplace: true,
      validate: identifierComplaint,
    }),
    schema: optionalComputed(string, {
      description: `Schema of the function. Default: \`${DEFAULT_SCHEMA}\`.`,
      requiresReplace: true,
      validate: identifierComplaint,
    }),
    database: databaseAttribute,
    returns: optionalComputed(string, {
      description:
        "Type of the result: a type, `SETOF type`, or `TABLE (column type, …)`. Default: the output arguments, or `void` without any.",
      requiresReplace: true,
      validate: (type) => (type.trim() === "" ? "is empty. Remove it, or name a type." : null),
    }),
    language: defaulted(string, "plpgsql", {
      description: "Language of the body, such as `sql` or `plpgsql`. Default: `plpgsql`.",
      validate: identifierComplaint,
      equivalent: (one, other) => one.toLowerCase() === other.toLowerCase(),
    }),
    body: required(string, {
      description: "Source code of the function. It may be enclosed in `AS $$` and `$$`.",
      equivalent: (one, other) => sourceOf(one) === sourceOf(other),
    }),
    volatility: defaulted(string, "VOLATILE", {
      description: "Volatility: `VOLATILE`, `STABLE` or `IMMUTABLE`. Default: `VOLATILE`.",
      validate: (text) => choiceComplaint(text, Object.values(VOLATILITIES)),
    }),
    parallel: defaulted(string, "UNSAFE", {
      description: "Safety in parallel queries: `UNSAFE`, `RESTRICTED` or `SAFE`. Default: `UNSAFE`.",
      validate: (text) => choiceComplaint(text, Object.values(PARALLEL_SAFETIES)),
    }),
    strict: defaulted(bool, false, {
      description: "Whether the result is null if any argument is null. Default: `false`.",
    }),
    security_definer: defaulted(bool, false, {
      description:
        "Whether the function runs with the privileges of its owner instead of those of the caller. Default: `false`.",
    }),
    drop_cascade: defaulted(bool, false, {
      description:
        "Whether destroy also drops the objects that depend on the function, such as triggers. Default: `false`, which fails while any exist.",
    }),
  },
  blocks: {
    arg: {
      nesting: "list",
      description: "Argument of the function, in the order of a call.",
      attributes: {
        type: required(string, {
          description: "Type of the argument.",
          validate: argumentTypeComplaint,
        }),
        name: optional(string, {
          emptyIsUnset: true,
          description:
            "Name of the argument, as in SQL: upper-case letters count as lower-case ones unless the name is in double quotes.",
        }),
        mode: defaulted(string, "IN", {
          description: `Mode: ${MODES.map((mode) => `\`${mode}\``).join(", ")}. Default: \`IN\`.`,
          validate: (mode) => (mode === "" ? null : choiceComplaint(mode.toUpperCase(), MODES)),
        }),
        default: optional(string, {
          emptyIsUnset: true,
          description:
            "SQL expression for calls that leave the argument out. Changed in place; removing it replaces the function.",
        }),
      },
    },
  },
} satisfies Schema;

type S = typeof schema;
type FunctionState = State<S>;

const REMEDIES = {
  [SQLSTATE.DUPLICATE_FUNCTION]:
    "Choose another name, or take the existing function over with terraform import (the import ID is database.schema.name(types)).",
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    "Creating a function requires the CREATE privilege on the schema and the USAGE privilege on the language; changing one requires membership of its owner.",
  [SQLSTATE.UNDEFINED_OBJECT]: "Correct the name of the type or the language, or create it first.",
  [SQLSTATE.INVALID_SCHEMA_NAME]: "Create the schema first, or correct its name.",
  [SQLSTATE.DEPENDENT_OBJECTS_STILL_EXIST]:
    "Drop the listed objects, or let destroy drop them: set drop_cascade = true, apply, and destroy again.",
};

export const functionResource = define({
  typeName: "postgresql_function",
  displayName: "function",
  schema,
  identify,
  describe: describeFunction,
  validate: validateFunction,

  async modifyPlan(operation) {
    planDatabase(operation);
    const { provider, config, diagnostics } = operation;
    if (config.schema === null && operation.plan.schema === undefined)
      operation.set("schema", DEFAULT_SCHEMA);
    const { name, schema: schemaName, database, arg } = operation.plan;
    if (operation.prior !== null && arg === undefined) operation.requireReplace("arg");
    if (provider === null || name === undefined || typeof database !== "string" || arg === undefined) return;
    if (typeof schemaName !== "string") return;
    await askWhilePlanning(diagnostics, describeFunction(operation.plan), () =>
      operation.prior === null
        ? refuseExistingFunction(operation, provider, database, { name, schema: schemaName, arg })
        : planChange(operation, operation.prior, provider, database),
    );
  },

  create(operation) {
    const { planned } = operation;
    return change(operation, async (tx) => {
      await tx.query(functionStatement(definitionOf(planned), null));
    });
  },

  read: ({ provider, state, signal }) =>
    nullWithoutDatabase(async () => {
      const database = databaseOf(state, provider);
      const key = { ...state, schema: state.schema ?? DEFAULT_SCHEMA };
      const query = (session: SessionInfo) => functionQuery(key, session);
      const [row] = await provider.select<FunctionRow>(database, query, signal);
      if (row === undefined) return null;
      return stateOf(row, { ...key, database }, (asked) => provider.select(database, asked, signal));
    }),

  update(operation) {
    const { planned } = operation;
    return change(operation, async (tx, session) => {
      const definition = definitionOf(planned);
      const [row] = await tx.query<FunctionRow>(functionQuery(definition, session));
      if (row === undefined) throw goneError(describeFunction(planned));
      await asMemberOf(tx, session, row.owner, () => tx.query(functionStatement(definition, row)));
    });
  },

  async delete({ provider, state, signal }) {
    const database = databaseOf(state, provider);
    const behavior = state.drop_cascade ? sql`CASCADE` : sql`RESTRICT`;
    const key = { ...state, schema: state.schema ?? DEFAULT_SCHEMA };
    const types = list(inputTypes(state.arg).map(verbatim));
    await nullWithoutDatabase(async () => {
      const session = await provider.session(database, signal);
      const work = async (tx: Transaction) => {
        const [row] = await tx.query<FunctionRow>(functionQuery(key, session));
        if (row === undefined) return;
        await asMemberOf(tx, session, row.owner, () =>
          tx.query(sql`DROP FUNCTION ${id(key.schema, key.name)}(${types}) ${behavior}`),
        );
      };
      await withRemedies(REMEDIES, () => provider.transaction(database, work, signal));
      return null;
    });
  },

  importState: parseFunctionImportId,
});

/** Upstream's ID: `database.schema.name(types)`. */
function identify({ database, schema: schemaName, name, arg }: View<S>): string | undefined {
  if (typeof database !== "string" || typeof schemaName !== "string") return undefined;
  if (name === undefined || arg === undefined) return undefined;
  return `${database}.${schemaName}.${name}(${inputTypes(arg).join(",")})`;
}

function describeFunction({
  name,
  schema: schemaName,
  database,
}: Pick<View<S>, "name" | "schema" | "database">): string {
  if (name === undefined) return "function";
  const qualified = typeof schemaName === "string" ? joinName([schemaName, name]) : name;
  const where = typeof database === "string" ? ` in database ${JSON.stringify(database)}` : "";
  return `function ${JSON.stringify(qualified)}${where}`;
}

function choiceComplaint(text: string, choices: readonly string[]): string | null {
  return choices.includes(text)
    ? null
    : `is ${JSON.stringify(text)}. It must be one of ${choices.join(", ")}.`;
}

function argumentTypeComplaint(type: string): string | null {
  if (type.trim() === "") return "is empty. Name a type.";
  return type.includes("%")
    ? `is ${JSON.stringify(type)}. PostgreSQL does not store %TYPE: write the type itself.`
    : null;
}

function validateFunction({ arg }: View<S>, diagnostics: Diagnostics): void {
  const args = arg ?? [];
  const isAfterDefault = args.some(
    ({ default: value }, index) =>
      value && args.slice(index + 1).some((later) => modeOf(later) === "IN" && !later.default),
  );
  if (!isAfterDefault) return;
  diagnostics.error(
    "Invalid arguments",
    "PostgreSQL requires a default for every input argument after one that has a default. Add the missing defaults, or change the order.",
    ["arg"],
  );
}

async function refuseExistingFunction(
  operation: PlanOperation<S, PostgresServer>,
  provider: PostgresServer,
  database: string,
  key: { readonly name: string; readonly schema: string; readonly arg: readonly FunctionArgument[] },
): Promise<void> {
  const query = (session: SessionInfo) => functionQuery(key, session);
  const found = await provider.select(database, query, operation.signal);
  const importId = `${joinName([database, key.schema, key.name])}(${inputTypes(key.arg).join(",")})`;
  if (found.length === 0) return;
  refuseExisting(operation, describeFunction(operation.plan), identify(operation.plan) ?? "", importId);
}

/** Keeps the spelling of the state where it means the same, and decides whether the function can be replaced in place. */
async function planChange(
  operation: PlanOperation<S, PostgresServer>,
  prior: FunctionState,
  provider: PostgresServer,
  database: string,
): Promise<void> {
  const ask: Ask = (query) => provider.select(database, query, operation.signal);
  const { arg = [], returns } = operation.plan;
  const difference = await compareArguments(prior.arg, arg, ask);
  if (difference === "none")
    operation.set(
      "arg",
      prior.arg.map((item, index) => withEmpty(item, arg[index])),
    );
  if (difference === "signature") operation.requireReplace("arg");
  if (typeof returns === "string" && prior.returns !== null) {
    if (await isSameReturn(prior.returns, returns, ask)) operation.set("returns", prior.returns);
  }
}

/** Terraform requires an empty text of the configuration in the plan where the state has null. */
function withEmpty(prior: KnownArgument, config: FunctionArgument | undefined): KnownArgument {
  return {
    ...prior,
    name: prior.name ?? (config?.name === "" ? "" : null),
    default: prior.default ?? (config?.default === "" ? "" : null),
  };
}

function definitionOf(planned: CreateOperation<S, PostgresServer>["planned"]) {
  return { ...planned, schema: planned.schema ?? DEFAULT_SCHEMA, returns: planned.returns ?? null };
}

/** Creates or replaces the function, and reads it back before the commit. */
async function change(
  { provider, planned, signal }: CreateOperation<S, PostgresServer>,
  work: (tx: Transaction, session: SessionInfo) => Promise<void>,
): Promise<FunctionState> {
  const database = databaseOf(planned, provider);
  const session = await provider.session(database, signal);
  const definition = definitionOf(planned);
  const changeAndRead = async (tx: Transaction): Promise<FunctionState> => {
    await work(tx, session);
    const [row] = await tx.query<FunctionRow>(functionQuery(definition, session));
    if (row === undefined) {
      throw new DiagnosticError(
        "Unknown type of an argument",
        `${describeFunction(planned)} cannot be found by the types ${inputTypes(planned.arg).join(", ")}. Write each type with its schema.`,
        ["arg"],
      );
    }
    return stateOf(row, { ...definition, database }, (query: Sql) => tx.query(query));
  };
  return withRemedies(REMEDIES, () => provider.transaction(database, changeAndRead, signal));
}

function goneError(label: string): DiagnosticError {
  return new DiagnosticError(
    "Function does not exist",
    `${label} existed when the change was planned and does not exist any more. Apply again to create it.`,
  );
}

/** The function as the catalog has it, in the spelling of the state or the plan where that means the same. */
async function stateOf(
  row: FunctionRow,
  known: Pick<FunctionState, "name" | "arg" | "returns" | "drop_cascade"> & {
    readonly schema: string;
    readonly database: string;
  },
  ask: Ask,
): Promise<FunctionState> {
  const args = argumentsOf(row);
  const isSameArg = (await compareArguments(known.arg, args, ask)) === "none";
  const isSameType = known.returns !== null && (await isSameReturn(known.returns, row.returns, ask));
  return {
    name: known.name,
    schema: known.schema,
    database: known.database,
    returns: isSameType ? known.returns : row.returns,
    language: row.language,
    body: row.body,
    volatility: VOLATILITIES[row.volatility],
    parallel: PARALLEL_SAFETIES[row.parallel],
    strict: row.strict,
    security_definer: row.security_definer,
    drop_cascade: known.drop_cascade,
    arg: isSameArg ? known.arg : args,
  };
}
