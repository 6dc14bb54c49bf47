/** A table of the publisher. */
export interface TableModel {
  /** With `full` it has no key: only the record of inserts tells that a row has arrived twice. */
  readonly identity: "key" | "full";
}

/** Which tables a publication publishes: those that it lists, all of the schema `public`, or all of the database. */
export type Scope = "tables" | "schema" | "all";

/** How a publication restricts a table: by a filter that all rows pass, or to the columns that all tables have. */
export type Part = "filter" | "columns";

/** The value of an option. */
export type OptionValue = string | boolean | readonly string[];

/** A `postgresql_publication`. */
export interface PublicationModel {
  readonly name: string;
  readonly scope: Scope;
  /** The listed tables; empty for another scope. */
  readonly tables: readonly string[];
  /** How listed tables are restricted, by table. */
  readonly parts: Readonly<Record<string, Part>>;
  /** Further attributes, by their names. */
  readonly options: Readonly<Record<string, OptionValue>>;
}

/** The `postgresql_subscription`. */
export interface SubscriptionModel {
  readonly name: string;
  readonly slotName: string;
  /** Keys of {@link Model.publications}. */
  readonly publications: readonly string[];
  readonly enabled: boolean;
  readonly owner: string;
  readonly passwordVersion: number;
  readonly applicationName: string;
  /** Further attributes, by their names. */
  readonly options: Readonly<Record<string, OptionValue>>;
}

/** What should be true of both servers, and of Terraform's state, while everything works. */
export interface Model {
  readonly majors: { readonly publisher: number; readonly subscriber: number };
  /** How many names were given so far. */
  readonly named: number;
  /** The tables of the publisher, by name. */
  readonly tables: Readonly<Record<string, TableModel>>;
  /** By the name of the Terraform resource. */
  readonly publications: Readonly<Record<string, PublicationModel>>;
  readonly subscription: SubscriptionModel;
  /** Tables that the subscription includes: published ones, as of the last time when it was enabled. */
  readonly subscribed: readonly string[];
  /** Tables that contain rows at the subscriber, whether they are replicated or not. */
  readonly filled: readonly string[];
}

/** A publication without options. */
export function publicationOf(name: string, tables: readonly string[]): PublicationModel {
  return { name, scope: "tables", tables, parts: {}, options: {} };
}

/** The tables that a publication publishes. */
export function tablesOf({ tables }: Model, publication: PublicationModel | undefined): readonly string[] {
  if (publication === undefined) return [];
  return publication.scope === "tables" ? publication.tables : Object.keys(tables);
}

/** The tables that the subscription's publications publish. */
export function publishedTables(model: Model): string[] {
  const { publications, subscription } = model;
  const tables = subscription.publications.flatMap((key) => tablesOf(model, publications[key]));
  return [...new Set(tables)].sort();
}

/** Whether a publication restricts a table to some columns: no other publication may then have other columns. */
export function hasColumnList({ publications }: Model, table: string): boolean {
  return Object.values(publications).some(({ parts }) => parts[table] === "columns");
}

/**
 * Tables that left the publications while the subscription was disabled. PostgreSQL removes them from the subscription
 * only when it is enabled again. Published again before, they lack the rows that were written in between.
 */
export function leftWhileDisabled(model: Model): string[] {
  const published = publishedTables(model);
  return model.subscribed.filter((table) => !published.includes(table));
}

/** Published tables that the subscription does not include yet. */
export function newTables(model: Model): string[] {
  return publishedTables(model).filter((table) => !model.subscribed.includes(table));
}

/** What is true once the model has been applied. */
export function applied(model: Model): Model {
  if (!model.subscription.enabled) {
    // A disabled subscription is not refreshed, and copies nothing.
    return model;
  }
  const subscribed = publishedTables(model);
  return { ...model, subscribed, filled: [...new Set([...model.filled, ...subscribed])].sort() };
}

/** The summary or detail of the error that a change must end with; undefined when it must succeed. */
export function expectedRefusal(model: Model, before: Model): RegExp | undefined {
  const { subscription } = model;
  const added = subscription.enabled ? newTables(model) : [];
  const twoPhase = subscription.options["two_phase"] === true;
  const hadTwoPhase = before.subscription.options["two_phase"] === true;
  if (subscription.slotName !== before.subscription.slotName && hadTwoPhase) return /slot_name/;
  // Before PostgreSQL 12 a slot cannot be copied: the subscriber must reach the position of the new one.
  const isNewSlot = subscription.slotName !== before.subscription.slotName;
  if (isNewSlot && !before.subscription.enabled && model.majors.publisher < 12) return /in flight/;
  const names = ({ publications, subscription }: Model): string[] =>
    subscription.publications.map((key) => publications[key]?.name ?? "");
  // The publisher decodes what is in flight with catalogs in which the publication does not exist.
  if (!before.subscription.enabled && names(model).some((name) => !names(before).includes(name)))
    return /in flight|behind/;
  if (added.length > 0 && twoPhase && (hadTwoPhase || !before.subscription.enabled)) return /two_phase/;
  if (added.some((table) => model.filled.includes(table))) return /contains? rows/;
  return undefined;
}

/** What both servers and Terraform begin with. */
export const initialModel = (majors: Model["majors"]): Model => ({
  majors,
  named: 2,
  tables: { t0: { identity: "key" }, t1: { identity: "full" } },
  publications: {
    p0: publicationOf("pub_0", ["t0"]),
    p1: publicationOf("pub_1", ["t1"]),
  },
  subscription: {
    name: "sub",
    slotName: "slot",
    publications: ["p0", "p1"],
    enabled: true,
    owner: "postgres",
    passwordVersion: 1,
    applicationName: "model",
    options: {},
  },
  subscribed: [],
  filled: [],
});
