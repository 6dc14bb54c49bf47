import type { SessionInfo } from "../../postgres/session";
import type { Sql } from "../../postgres/sql";
import {
  databaseObjectId,
  databaseObjectLabel,
  databaseOf,
  nullWithoutDatabase,
  parseDatabaseObjectId,
} from "../shared/database-object";
import { define } from "../shared/define";
import { createPublication, updatePublication } from "./apply";
import { findPublication, publicationQuery, type PublicationRow, stateOf } from "./catalog";
import { checkConfiguration } from "./checks";
import { planPublication } from "./plan";
import { dropPublication } from "./removal";
import { publicationSchema } from "./schema";

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

  delete: (operation) =>
    nullWithoutDatabase(async () => {
      await dropPublication(operation, databaseOf(operation.state, operation.provider));
      return null;
    }).then(() => undefined),

  importState: parseDatabaseObjectId,
});
