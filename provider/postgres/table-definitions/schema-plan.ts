import { formatRelationName } from "../relation-name";
import type { ServerVersion } from "../server-version";
import { refusals, tableDifferences, typeDifferences } from "./compare";
import { creatable, leftOutOfType } from "./creatable";
import type { Creation } from "./definition-statements";
import {
  byName,
  type ForeignKeyTarget,
  isReplicated,
  keyOf,
  type QualifiedName,
  type Reference,
  referencesOf,
  type SchemaModel,
  type Table,
  type UserType,
} from "./model";
import type { SubscriberFacts } from "./subscriber-facts";
import { versionNeeds } from "./version-needs";

/** What it takes to have the publisher's tables at the subscriber. */
export interface SchemaPlan {
  readonly creation: Creation;
  /** Why it cannot be done: what differs, and what the subscriber's version does not have. A sentence each. */
  readonly conflicts: readonly string[];
  /** What has to be there first, with what to do about it. A sentence or two each. */
  readonly missing: readonly string[];
  /** What the created tables and types go without. A sentence each. */
  readonly leftOut: readonly string[];
  /** Tables that exist and can refuse rows of the publisher, with the reason in a sentence. */
  readonly refusals: readonly { readonly table: QualifiedName; readonly reason: string }[];
}

/**
 * Compares the published tables with what the subscriber has.
 *
 * @param published As they are to be at the subscriber.
 * @param subscriber The relations of the same names, and the types.
 */
export function planSchema(
  published: SchemaModel,
  subscriber: SchemaModel,
  facts: SubscriberFacts,
  version: ServerVersion,
): SchemaPlan {
  const tables = byName(published.tables);
  const there = byName(subscriber.tables);
  const typesThere = byName(subscriber.types);
  const factTables = byName(facts.tables);
  const canExist = (target: ForeignKeyTarget): boolean =>
    isReplicated(target, tables) || (!tables.has(keyOf(target.table)) && factTables.has(keyOf(target.table)));

  const absent = published.tables.filter((table) => !there.has(keyOf(table)));
  const types = neededTypes(absent, published.types).filter((type) => !typesThere.has(keyOf(type)));
  const needs = [...absent, ...types].flatMap((owner) =>
    referencesOf(owner).map((reference) => ({ owner, reference })),
  );
  const neededSequences = new Set(
    needs.filter(({ reference }) => reference.kind === "sequence").map(({ reference }) => keyOf(reference)),
  );
  const sequences = published.sequences.filter((sequence) => neededSequences.has(keyOf(sequence)));
  const created = absent.map((table) => creatable(table, tables, canExist));
  return {
    creation: {
      schemas: absentSchemas([...types, ...sequences, ...absent], facts),
      types,
      sequences,
      tables: created.map(({ table }) => table),
    },
    conflicts: [
      ...neededTypes(published.tables, published.types).flatMap((type) => {
        const other = typesThere.get(keyOf(type));
        return other === undefined ? [] : typeDifferences(type, other);
      }),
      ...published.tables.flatMap((table) => {
        const other = there.get(keyOf(table));
        return other === undefined
          ? impossibilities(table, tables, version)
          : tableDifferences(table, other, tables);
      }),
    ],
    missing: missingObjects(needs, byName(published.types), facts),
    leftOut: [...types.flatMap(leftOutOfType), ...created.flatMap(({ leftOut }) => leftOut)],
    refusals: published.tables.flatMap((table) =>
      refusals(table, there.get(keyOf(table))).map((reason) => ({ table, reason })),
    ),
  };
}

/** The user's types that tables need, each after those that it is made of. */
function neededTypes(tables: readonly Table[], types: readonly UserType[]): UserType[] {
  const known = byName(types);
  const ordered = new Map<string, UserType>();
  const visit = (owner: Table | UserType): void => {
    for (const reference of referencesOf(owner)) {
      const type = reference.kind === "type" ? known.get(keyOf(reference)) : undefined;
      if (type === undefined || ordered.has(keyOf(type))) continue;
      visit(type);
      ordered.set(keyOf(type), type);
    }
  };
  tables.forEach(visit);
  return [...ordered.values()];
}

function absentSchemas(objects: readonly { readonly schema: string }[], facts: SubscriberFacts): string[] {
  const there = new Set(facts.schemas);
  return [...new Set(objects.map(({ schema }) => schema))].filter((schema) => !there.has(schema)).sort();
}

/** Why a table cannot be created at all. */
function impossibilities(table: Table, tables: ReadonlyMap<string, Table>, version: ServerVersion): string[] {
  const subject = `table ${formatRelationName(table)}`;
  const left = (table.partitionKey?.columns ?? []).filter(
    (column) => !table.columns.some(({ name }) => name === column),
  );
  return [
    ...left.map(
      (column) =>
        `${subject}: it is partitioned by column ${column}, which the publication's column list leaves out`,
    ),
    ...versionNeeds(table, tables)
      .filter((need) => !version.atLeast(need.version))
      .map(
        (need) =>
          `${subject}: ${need.what}, which needs PostgreSQL ${need.version} or later, and the subscriber is version ${version.toString()}`,
      ),
  ];
}

interface Need {
  readonly owner: Table | UserType;
  readonly reference: Reference;
}

function missingObjects(
  needs: readonly Need[],
  types: ReadonlyMap<string, UserType>,
  facts: SubscriberFacts,
): string[] {
  const extensions = new Map(facts.extensions.map(({ name, schema }) => [name, schema]));
  const present = {
    function: new Set(facts.functions),
    collation: new Set(facts.collations),
    type: new Set(facts.types),
  };
  const complaints = needs.map(({ owner, reference }) => {
    const subject = `${"columns" in owner ? "Table" : "Type"} ${formatRelationName(owner)}`;
    const { kind, name, schema, identity } = reference;
    switch (kind) {
      case "sequence":
        return null;
      case "extension": {
        const actual = extensions.get(name);
        if (actual === schema) return null;
        const quoted = `"${name.replaceAll('"', '""')}"`;
        return actual === undefined
          ? `${subject} needs the extension ${name}. Create it first, with CREATE EXTENSION ${quoted} or a postgresql_extension that this resource depends on.`
          : `${subject} needs the extension ${name} in the schema ${schema}, as at the publisher; the subscriber has it in ${actual}. Move it with ALTER EXTENSION ${quoted} SET SCHEMA, or its schema in a postgresql_extension.`;
      }
      case "type":
        // A base type, or a table's row type: the others are brought along.
        return types.has(keyOf(reference)) || present.type.has(identity)
          ? null
          : `${subject} needs the type ${identity}, which is not an enum, domain, composite or range type of its own. Create it first.`;
      default:
        return present[kind].has(identity)
          ? null
          : `${subject} needs the ${kind} ${identity}. Create it first.`;
    }
  });
  return [...new Set(complaints)].filter((complaint) => complaint !== null).sort();
}
