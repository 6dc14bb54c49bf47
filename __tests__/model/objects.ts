import { type Model, type OptionValue, type PublicationModel, tablesOf } from "./model";
import { type Option, PUBLICATION_OPTIONS, SUBSCRIPTION_OPTIONS } from "./options";
import type { Environment } from "./environment";

/** The objects that both servers must have, one line for each fact. */
export function expectedObjects(model: Model): string[] {
  const { publications, subscription, subscribed } = model;
  return [
    ...Object.values(publications).flatMap((publication) => publicationLines(model, publication)),
    `slot ${subscription.slotName}`,
    `subscription ${subscription.name}`,
    `subscription: slot ${subscription.slotName}`,
    `subscription: owner ${subscription.owner}`,
    `subscription: enabled = ${subscription.enabled}`,
    ...subscription.publications.map((key) => `subscription: publication ${publications[key]?.name}`),
    ...storedOptions(SUBSCRIPTION_OPTIONS, subscription.options).map(
      ({ name }) => `subscription: ${name} = ${String(subscription.options[name])}`,
    ),
    // A disabled subscription is not refreshed.
    ...(subscription.enabled ? subscribed.map((table) => `subscription: table ${table}`) : []),
  ].sort();
}

function publicationLines(model: Model, publication: PublicationModel): string[] {
  const { name, scope, parts, options } = publication;
  return [
    `publication ${name}`,
    `publication ${name}: all tables = ${scope === "all"}`,
    ...tablesOf(model, publication).map((table) => `publication ${name}: table ${table}`),
    ...Object.entries(parts).map(([table, part]) => `publication ${name}: ${part} of ${table}`),
    ...storedOptions(PUBLICATION_OPTIONS, options).map(
      (option) => `publication ${name}: ${option.name} = ${String(options[option.name])}`,
    ),
  ];
}

interface StoredOption extends Option {
  readonly column: string;
}

/** The options that have a value, and that the server stores. */
function storedOptions(
  all: readonly Option[],
  values: Readonly<Record<string, OptionValue>>,
): StoredOption[] {
  return all.filter((option): option is StoredOption => option.name in values && option.column !== undefined);
}

/** The objects that both servers have, in the same form. Of the options, those that the model sets. */
export async function foundObjects(
  environment: Environment,
  { publications, subscription }: Model,
): Promise<string[]> {
  const { publisher, subscriber } = environment;
  const former = subscription.enabled ? [] : await formerNames(environment);
  const publicationOptions = Object.values(publications).flatMap(({ name, options }) =>
    storedOptions(PUBLICATION_OPTIONS, options).map(
      (option) =>
        `SELECT concat('publication ', pubname, ': ${option.name} = ', ${option.column}) FROM pg_publication WHERE pubname = '${name}'`,
    ),
  );
  const subscriptionOptions = storedOptions(SUBSCRIPTION_OPTIONS, subscription.options).map(
    ({ name, column }) => `SELECT concat('subscription: ${name} = ', ${column}) FROM pg_subscription`,
  );
  const atPublisher = await publisher.column(
    [
      "SELECT concat('publication ', pubname) FROM pg_publication",
      "SELECT concat('publication ', pubname, ': table ', tablename) FROM pg_publication_tables",
      "SELECT concat('publication ', pubname, ': all tables = ', CASE WHEN puballtables THEN 'true' ELSE 'false' END) FROM pg_publication",
      ...(publisher.server.major >= 15 ? [PARTS] : []),
      "SELECT concat('slot ', slot_name) FROM pg_replication_slots",
      ...publicationOptions,
    ].join(" UNION ALL "),
  );
  const atSubscriber = await subscriber.column(
    [
      "SELECT concat('subscription ', subname) FROM pg_subscription",
      "SELECT concat('subscription: slot ', subslotname) FROM pg_subscription",
      "SELECT concat('subscription: owner ', pg_get_userbyid(subowner)) FROM pg_subscription",
      "SELECT concat('subscription: enabled = ', CASE WHEN subenabled THEN 'true' ELSE 'false' END) FROM pg_subscription",
      "SELECT concat('subscription: publication ', unnest(subpublications)) FROM pg_subscription",
      ...(subscription.enabled
        ? ["SELECT concat('subscription: table ', srrelid::regclass) FROM pg_subscription_rel"]
        : []),
      ...subscriptionOptions,
    ].join(" UNION ALL "),
  );
  const isFormer = (line: string): boolean =>
    former.some((name) => line === `publication ${name}` || line.startsWith(`publication ${name}: `));
  return [...atPublisher.filter((line) => !isFormer(line)), ...atSubscriber].sort();
}

/** The restrictions of published tables. */
const PARTS = `
  SELECT concat('publication ', pubname, ': ', part, ' of ', prrelid::regclass)
  FROM (SELECT p.pubname, r.prrelid, CASE WHEN r.prqual IS NOT NULL THEN 'filter' ELSE 'columns' END AS part
        FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
        WHERE r.prqual IS NOT NULL OR r.prattrs IS NOT NULL) AS parts`;

/** The publications that exist only because a subscriber may still need a former name. */
export function formerNames({ publisher }: Environment): Promise<string[]> {
  return publisher.column(
    `SELECT pubname FROM pg_publication WHERE obj_description(oid, 'pg_publication') LIKE 'Former name of %' ORDER BY 1`,
  );
}
