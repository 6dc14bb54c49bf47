import {
  hasColumnList,
  leftWhileDisabled,
  type Model,
  type Part,
  publicationOf,
  publishedTables,
  type Scope,
} from "../model";
import { PUBLICATION_OPTIONS } from "../options";
import {
  type Change,
  newName,
  withoutPart,
  withPublication,
  withPublications,
  withSubscription,
} from "./change";

const MAX_PUBLICATIONS = 4;
/** Publications of schemas, column lists and row filters exist since this major version. */
const PARTS_SINCE = 15;

/** Changes of publications, and of which of them the subscription uses. */
export const publicationChanges: Readonly<Record<string, Change>> = {
  "rename a publication": {
    next(before, pick) {
      const key = pick.one(Object.keys(before.publications)) ?? "";
      const { name, model } = newName("pub_", before);
      return withPublication(model, key, () => ({ name }));
    },
  },

  "create a publication of replicated tables and subscribe to it": {
    next(before, pick) {
      if (Object.keys(before.publications).length >= MAX_PUBLICATIONS) return undefined;
      const { name, key, model } = newPublication(before);
      const table = pick.one(publishedTables(model).filter((each) => !hasColumnList(model, each)));
      const publication = publicationOf(name, table === undefined ? [] : [table]);
      return withSubscription(withPublications(model, { [key]: publication }), {
        publications: [...model.subscription.publications, key],
      });
    },
  },

  "create a publication without subscribing to it": {
    next(before, pick) {
      if (Object.keys(before.publications).length >= MAX_PUBLICATIONS) return undefined;
      const { name, key, model } = newPublication(before);
      const table = pick.one(Object.keys(model.tables).filter((each) => !hasColumnList(model, each)));
      return withPublications(model, { [key]: publicationOf(name, table === undefined ? [] : [table]) });
    },
  },

  "set an option of a publication": {
    next(model, pick) {
      const key = pick.one(Object.keys(model.publications)) ?? "";
      const option = pick.one(PUBLICATION_OPTIONS.filter(({ since }) => model.majors.publisher >= since));
      const value = pick.one(option?.values ?? []);
      if (option === undefined || value === undefined) return undefined;
      return withPublication(model, key, ({ options }) => ({
        options: { ...options, [option.name]: value },
      }));
    },
  },

  "publish a table in part or as a whole": {
    next(model, pick) {
      if (model.majors.publisher < PARTS_SINCE) return undefined;
      const key = pick.one(Object.keys(model.publications)) ?? "";
      const table = pick.one(model.publications[key]?.tables ?? []);
      const part = pick.one<Part | null>(["filter", "columns", null]);
      if (table === undefined || part === undefined) return undefined;
      if (part === "columns" && !canHaveColumnList(model, table)) return undefined;
      return withPublication(model, key, ({ parts }) => ({
        parts: part === null ? withoutPart(parts, table) : { ...parts, [table]: part },
      }));
    },
  },

  "publish all tables, a schema, or single tables": {
    next(model, pick) {
      const key = pick.one(Object.keys(model.publications)) ?? "";
      const former = model.publications[key];
      const scopes: Scope[] = [
        "tables",
        "all",
        ...(model.majors.publisher >= PARTS_SINCE ? ["schema" as const] : []),
      ];
      const scope = pick.one(scopes.filter((each) => each !== former?.scope));
      const tables = Object.keys(model.tables);
      if (scope === undefined) return undefined;
      // The plan cannot know which tables the publication will contain, so only the apply can check them for rows.
      const wouldCopyTwice = tables.some(
        (each) => model.filled.includes(each) && !model.subscribed.includes(each),
      );
      if (
        leftWhileDisabled(model).length > 0 ||
        wouldCopyTwice ||
        tables.some((each) => hasColumnList(model, each))
      )
        return undefined;
      return withPublication(model, key, () => ({
        scope,
        tables: scope === "tables" ? tables : [],
        parts: {},
      }));
    },
  },

  "subscribe to a publication": {
    next(model, pick) {
      const { publications } = model.subscription;
      const key = pick.one(Object.keys(model.publications).filter((each) => !publications.includes(each)));
      return key === undefined
        ? undefined
        : withSubscription(model, { publications: [...publications, key] });
    },
  },

  "unsubscribe from a publication": {
    next(model, pick) {
      const { publications } = model.subscription;
      const key = pick.one(publications);
      if (publications.length < 2) return undefined;
      return withSubscription(model, { publications: publications.filter((each) => each !== key) });
    },
  },

  "exchange a publication for a new one with the same tables": {
    next(before, pick) {
      const former = pick.one(before.subscription.publications) ?? "";
      const { name, key, model } = newPublication(before);
      const publication = model.publications[former];
      if (publication === undefined) return undefined;
      const publications = model.subscription.publications.map((each) => (each === former ? key : each));
      return withSubscription(withPublications(model, { [former]: null, [key]: { ...publication, name } }), {
        publications,
      });
    },
  },

  "remove a publication": {
    next(model, pick) {
      const key = pick.one(Object.keys(model.publications)) ?? "";
      const publications = model.subscription.publications.filter((each) => each !== key);
      // The provider cannot know which publications an inactive slot needs, and refuses to drop any.
      if (publications.length === 0 || !model.subscription.enabled) return undefined;
      return withSubscription(withPublications(model, { [key]: null }), { publications });
    },
  },
};

function newPublication(before: Model): {
  readonly name: string;
  readonly key: string;
  readonly model: Model;
} {
  const { name, model } = newName("pub_", before);
  return { name, key: name.replace("pub_", "p"), model };
}

/** A column list must include the replica identity, and publications with different lists cannot share a subscription. */
function canHaveColumnList({ tables, publications }: Model, table: string): boolean {
  const all = Object.values(publications);
  return (
    tables[table]?.identity === "key" &&
    all.every(({ scope }) => scope === "tables") &&
    all.filter((each) => each.tables.includes(table)).length === 1
  );
}
