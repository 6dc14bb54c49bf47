import type { StateOperation } from "../../framework/resource";
import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { id, type Sql, sql } from "../../postgres/sql";
import {
  databaseObjectId,
  databaseObjectLabel,
  databaseOf,
  nullWithoutDatabase,
  parseDatabaseObjectId,
} from "../shared/database-object";
import { define } from "../shared/define";
import { asMemberOf } from "../shared/membership";
import { createPublication, updatePublication } from "./apply";
import { findPublication, publicationQuery, type PublicationRow, stateOf } from "./catalog";
import { checkConfiguration } from "./checks";
import { MISSED_CHANGES_SUMMARY, missedChangesDetail } from "./missed-changes";
import { planPublication } from "./plan";
import { type PublicationSchema, publicationSchema } from "./schema";
import { readerOf, type SlotReader, type SlotRow, slotsQuery } from "./slots";

export const publication = define({
  typeName: "postgresql_publication",
  displayName: "publication",
  schema: publicationSchema,
  identify: databaseObjectId,
  describe: (values) => databaseObjectLabel("publication", values),
  validate: checkConfiguration,
  modifyPlan: planPublication,
  create: createPublication,

  read: ({ provider, state, signal }) =>
    nullWithoutDatabase(async () => {
      const database = databaseOf(state, provider);
      const query = (session: SessionInfo): Sql => publicationQuery(state.name, session);
      const found = findPublication(
        await provider.select<PublicationRow>(database, query, signal),
        state.name,
      );
      return found === undefined ? null : stateOf(found, database, state);
    }),

  update: updatePublication,

  async delete(operation) {
    const { provider, state, signal } = operation;
    const database = databaseOf(state, provider);
    await nullWithoutDatabase(async () => {
      const session = await provider.session(database, signal);
      const readers = await provider.transaction(
        database,
        (tx) =>
          asMemberOf(tx, session, state.owner, async () => {
            const [rows, slots] = await tx.queryAll([
              publicationQuery(state.name, session),
              slotsQuery(session),
            ]);
            const names = (rows as unknown as PublicationRow[]).map(({ name }) => name);
            const cascade = state.drop_cascade ? sql` CASCADE` : sql``;
            await tx.queryAll(names.map((name) => sql`DROP PUBLICATION ${id(name)}${cascade}`));
            return (slots as unknown as SlotRow[]).map(readerOf).filter(reads(names));
          }),
        signal,
      );
      warnOfReaders(operation, readers, session);
      return null;
    });
  },

  importState: parseDatabaseObjectId,
});

/** Whether a slot's reader has one of the publications, for certain. */
function reads(names: readonly string[]): (slot: SlotReader) => boolean {
  return ({ publications }) => publications?.some((name) => names.includes(name)) === true;
}

function warnOfReaders(
  { state, warn }: StateOperation<PublicationSchema, PostgresServer>,
  readers: readonly SlotReader[],
  { version }: SessionInfo,
): void {
  if (readers.length === 0) return;
  const what = `${databaseObjectLabel("Publication", state)} was destroyed`;
  warn(MISSED_CHANGES_SUMMARY, missedChangesDetail(what, readers, version));
}
