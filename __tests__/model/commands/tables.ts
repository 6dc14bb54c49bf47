import { hasColumnList, leftWhileDisabled, type Model, publishedTables } from "../model";
import { verifyRows } from "../oracle";
import type { Picker } from "../picker";
import { disablesItself } from "./faults/fault";
import { type Change, newName, withoutPart, withPublication, withPublications } from "./change";

const MAX_TABLES = 5;

/** Changes of tables, and of what publications publish. */
export const tableChanges: Readonly<Record<string, Change>> = {
  "create a table and publish it": {
    next(before, pick) {
      if (Object.keys(before.tables).length >= MAX_TABLES || stopsAtNewTables(before)) return undefined;
      const { name, model } = newName("t", before);
      const key = pick.one(Object.keys(model.publications)) ?? "";
      const identity = pick.one(["key", "full"] as const) ?? "key";
      const tables = { ...model.tables, [name]: { identity } };
      return withPublication({ ...model, tables }, key, (publication) => ({
        tables: publication.scope === "tables" ? [...publication.tables, name] : [],
      }));
    },
    async prepare(environment, after, before) {
      for (const [name, { identity }] of Object.entries(after.tables)) {
        if (!(name in before.tables)) await environment.createTable(name, identity);
      }
    },
    async restore(environment, after, before) {
      for (const name of Object.keys(after.tables)) {
        if (!(name in before.tables)) await environment.publisher.query(`DROP TABLE public.${name}`);
      }
    },
  },

  "take a table out of a publication": {
    next(model, pick) {
      const keys = Object.keys(model.publications);
      const key = pick.one(keys.filter((each) => model.publications[each]?.tables.length)) ?? "";
      const table = pick.one(model.publications[key]?.tables ?? []);
      if (table === undefined) return undefined;
      return withPublication(model, key, ({ tables, parts }) => ({
        tables: tables.filter((each) => each !== table),
        parts: withoutPart(parts, table),
      }));
    },
  },

  "publish a table that is not replicated": {
    next(model, pick) {
      const excluded = [...publishedTables(model), ...leftWhileDisabled(model)];
      const table = pick.one(Object.keys(model.tables).filter((each) => !excluded.includes(each)));
      return withTable(model, pick, model.subscription.publications, table);
    },
  },

  "empty a table at the subscriber and publish it": {
    next(model, pick) {
      const excluded = [...publishedTables(model), ...leftWhileDisabled(model)];
      const table = pick.one(model.filled.filter((each) => !excluded.includes(each) && each in model.tables));
      if (table === undefined) return undefined;
      const filled = model.filled.filter((each) => each !== table);
      return withTable({ ...model, filled }, pick, model.subscription.publications, table);
    },
    prepare: (environment, after, before) =>
      environment.empty(before.filled.filter((each) => !after.filled.includes(each))),
  },

  "publish a table a second time": {
    next: (model, pick) =>
      withTable(model, pick, Object.keys(model.publications), pick.one(publishedTables(model))),
  },

  "rename a table at both sides": {
    next(before, pick) {
      // Changes in flight have the old name, so the subscriber must be able to receive them first.
      if (!before.subscription.enabled) return undefined;
      const table = pick.one(publishedTables(before).filter((each) => before.subscribed.includes(each)));
      if (table === undefined) return undefined;
      const { name, model } = newName("t", before);
      const rename = (each: string): string => (each === table ? name : each);
      const renameKeys = <T>(values: Readonly<Record<string, T>>): Record<string, T> =>
        Object.fromEntries(Object.entries(values).map(([key, value]) => [rename(key), value]));
      return withPublications(
        {
          ...model,
          tables: renameKeys(model.tables),
          subscribed: model.subscribed.map(rename),
          filled: model.filled.map(rename),
        },
        Object.fromEntries(
          Object.entries(model.publications).map(([key, each]) => [
            key,
            { ...each, tables: each.tables.map(rename), parts: renameKeys(each.parts) },
          ]),
        ),
      );
    },
    async prepare(environment, after, before) {
      const [from] = Object.keys(before.tables).filter((each) => !(each in after.tables));
      const [to] = Object.keys(after.tables).filter((each) => !(each in before.tables));
      await verifyRows(environment, before, async () => {
        for (const server of [environment.subscriber, environment.publisher])
          await server.query(`ALTER TABLE public.${from} RENAME TO ${to}`);
      });
    },
  },
};

/** Adds a table to one of the publications that list their tables. */
function withTable(
  model: Model,
  pick: Picker,
  keys: readonly string[],
  table: string | undefined,
): Model | undefined {
  const key = pick.one(keys.filter((each) => model.publications[each]?.scope === "tables")) ?? "";
  const publication = model.publications[key];
  if (table === undefined || publication === undefined || publication.tables.includes(table))
    return undefined;
  if (hasColumnList(model, table)) return undefined;
  return withPublication(model, key, ({ tables }) => ({ tables: [...tables, table] }));
}

/**
 * Whether replication stops for good at a table that the publisher has and the subscriber does not: where a publication
 * includes future tables, its changes arrive before the apply that creates the table.
 */
function stopsAtNewTables(model: Model): boolean {
  const { publications, subscription } = model;
  const includesFuture = subscription.publications.some((key) => publications[key]?.scope !== "tables");
  return includesFuture && (disablesItself(model) || subscription.options["two_phase"] === true);
}
