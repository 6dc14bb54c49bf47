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
import {
  findPublication,
  type FoundPublication,
  publicationQuery,
  type PublicationRow,
  stateOf,
} from "./catalog";
import { checkConfiguration } from "./checks";
import { newNameIn } from "./former-names";
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
      const find = async (name: string): Promise<FoundPublication | undefined> => {
        const query = (session: SessionInfo): Sql => publicationQuery(name, session);
        return findPublication(await provider.select<PublicationRow>(database, query, signal), name);
      };
      const found = await find(state.name);
      // An apply that was interrupted after it renamed the publication has left the former name in the state.
      const newName = newNameIn(found?.main.comment);
      const current = (newName === undefined ? undefined : await find(newName)) ?? found;
      return current === undefined ? null : stateOf(current, database, state);
    }),

  update: updatePublication,

  delete: (operation) =>
    nullWithoutDatabase(async () => {
      await dropPublication(operation, databaseOf(operation.state, operation.provider));
      return null;
    }).then(() => undefined),

  importState: parseDatabaseObjectId,
});
