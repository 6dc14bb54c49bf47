import { formatRelationName } from "../../postgres/relation-name";
import type { FoundFunction, FoundObjects, FoundRole, FoundTable, FoundTrigger } from "./catalog";
import {
  COLUMNS,
  FUNCTION,
  functionLabel,
  functionSource,
  tableLabel,
  type TriggerDefinition,
  TRIGGERS,
} from "./objects";

/** What DMS's DDL capture should be like. */
export interface Wanted {
  readonly schema: string;
  /** Null while it is not known. */
  readonly username: string | null;
  readonly always: boolean;
  /** Whether the schema is this resource's own, so that it sees to the privileges on it. */
  readonly ownsSchema: boolean;
}

/**
 * What is in the way: objects of these names that are not DMS's, and that nobody but their owner should touch.
 *
 * @returns A sentence each.
 */
export function conflicts(found: FoundObjects, schema: string): string[] {
  return [
    ...(found.table === null ? [] : tableConflicts(found.table, tableLabel(schema))),
    ...(found.function === null || found.function.returns === "event_trigger"
      ? []
      : [`The ${functionLabel(schema)} returns ${found.function.returns}, and should return event_trigger.`]),
    ...foreignTriggers(found, schema).map(
      ({ name, function_schema: functionSchema, function_name: functionName }) =>
        `The event trigger ${name} calls the function ${formatRelationName({ schema: functionSchema, name: functionName })}(), and should call the ${functionLabel(schema)}.`,
    ),
  ];
}

function tableConflicts(table: FoundTable, label: string): string[] {
  if (table.kind !== "r" || table.persistence !== "p") {
    return [`The ${label} is not an ordinary table whose changes are in the WAL.`];
  }
  const types = new Map(table.columns.map(({ name, type }) => [name, type]));
  const lines = COLUMNS.flatMap(({ name, type }) => {
    const is = types.get(name);
    if (is === undefined) return [`has no column ${name} (${type})`];
    return is === type ? [] : [`has the column ${name} of type ${is}, and should have it as ${type}`];
  });
  for (const { name, type } of table.columns) {
    if (!COLUMNS.some((column) => column.name === name)) {
      lines.push(`has a column ${name} (${type}) that is not DMS's`);
    }
  }
  if (table.primary_key !== "PRIMARY KEY (c_key)") {
    lines.push(`has ${table.primary_key ?? "no primary key"}, and should have PRIMARY KEY (c_key)`);
  }
  if (types.has("c_key") && !table.numbers_rows) lines.push("has no default for the column c_key");
  return lines.map((line) => `The ${label} ${line}.`);
}

/** Event triggers of our names that call something else. */
export function foreignTriggers({ triggers }: FoundObjects, schema: string): FoundTrigger[] {
  return triggers.filter(
    (trigger) => trigger.function_schema !== schema || trigger.function_name !== FUNCTION,
  );
}

/** Whether nothing is left of it at all. */
export function isGone(found: FoundObjects, schema: string): boolean {
  const foreign = foreignTriggers(found, schema).length;
  return found.table === null && found.function === null && found.triggers.length === foreign;
}

/**
 * What is not as it should be, and can be put right.
 *
 * @returns A phrase each, without a full stop.
 */
export function differences(found: FoundObjects, wanted: Wanted): string[] {
  const { schema } = wanted;
  return [
    ...(found.table === null ? [`${tableLabel(schema)} does not exist`] : []),
    ...functionDifferences(found.function, schema),
    ...TRIGGERS.flatMap((definition) => triggerDifferences(definition, found, wanted)),
    ...privilegeDifferences(found, wanted),
  ];
}

function functionDifferences(found: FoundFunction | null, schema: string): string[] {
  if (found === null) return [`${functionLabel(schema)} does not exist`];
  return isOurFunction(found, schema) ? [] : [`${functionLabel(schema)} is not the hardened one`];
}

/** Whether the function is the one that we make. */
export function isOurFunction(found: FoundFunction, schema: string): boolean {
  return (
    found.language === "plpgsql" &&
    found.security_definer &&
    found.settings === null &&
    found.source === functionSource(schema)
  );
}

function triggerDifferences(
  definition: TriggerDefinition,
  found: FoundObjects,
  { always }: Wanted,
): string[] {
  const label = `event trigger ${definition.name}`;
  const trigger = found.triggers.find(({ name }) => name === definition.name);
  if (trigger === undefined) return [`${label} does not exist`];
  if (!firesAsDefined(definition, trigger)) {
    return [`${label} is not ON ${definition.event} WHEN TAG IN (${definition.tags.join(", ")})`];
  }
  if (trigger.enabled === enabledAs(always)) return [];
  switch (trigger.enabled) {
    case "D":
      return [`${label} is disabled`];
    case "R":
      return [`${label} fires in replica sessions only (ENABLE REPLICA)`];
    default:
      return [`${label} ${always ? "does not fire in replica sessions" : "is ENABLE ALWAYS"}`];
  }
}

/** Whether a trigger is for the event and the commands that it should be for. */
export function firesAsDefined({ event, tags }: TriggerDefinition, trigger: FoundTrigger): boolean {
  return trigger.event === event && [...tags].sort().join() === [...(trigger.tags ?? [])].sort().join();
}

/** What `pg_event_trigger.evtenabled` should be. */
export function enabledAs(always: boolean): string {
  return always ? "A" : "O";
}

function privilegeDifferences({ table, roles }: FoundObjects, wanted: Wanted): string[] {
  const { schema, username, ownsSchema } = wanted;
  const missing = username !== null && !roles.some(({ name }) => name === username);
  return [
    ...(table?.open_to_public === true ? [`PUBLIC has privileges on ${tableLabel(schema)}`] : []),
    ...(missing ? [`role ${username} does not exist`] : []),
    ...roles.flatMap((role) => [
      ...(usesTable(role, table, username)
        ? []
        : [`role ${role.name} lacks privileges on ${tableLabel(schema)}`]),
      ...(role.uses_schema || !ownsSchema ? [] : [`role ${role.name} lacks USAGE on schema ${schema}`]),
    ]),
  ];
}

/**
 * Whether a role may use the table and its sequences. The DMS user must have been granted that itself, whatever else it
 * is or belongs to: by this an import knows it again.
 */
export function usesTable(role: FoundRole, table: FoundTable | null, username: string | null): boolean {
  if (table === null) return true;
  const isGranted = role.name !== username || role.name === table.owner || table.grantees.includes(role.name);
  return role.uses_table && isGranted;
}
