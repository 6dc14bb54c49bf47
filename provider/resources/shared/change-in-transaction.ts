import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import type { Transaction } from "../../postgres/transaction";
import { type Remedies, withRemedies } from "./remedies";

/** An object to create or alter, and where. */
export interface ObjectChange<T> {
  readonly server: PostgresServer;
  /** The database to connect to. */
  readonly database: string;
  readonly signal: AbortSignal;
  readonly remedies: Remedies;
  /** The object's type in an error: `schema`. */
  readonly displayName: string;
  change(tx: Transaction, session: SessionInfo): Promise<unknown>;
  /** Reads the object after the change; undefined if it does not exist. */
  read(tx: Transaction, session: SessionInfo): Promise<T | undefined>;
}

/**
 * Creates or alters an object, and reads it back before the commit. The server makes all of the change, or none.
 *
 * @throws PostgresError with the remedy for its SQLSTATE.
 */
export async function changeInTransaction<T>(object: ObjectChange<T>): Promise<T> {
  const { server, database, signal, remedies, displayName } = object;
  const session = await server.session(database, signal);
  const changeAndRead = async (tx: Transaction): Promise<T> => {
    await object.change(tx, session);
    const actual = await object.read(tx, session);
    if (actual === undefined) throw new Error(`the ${displayName} does not exist right after the change`);
    return actual;
  };
  return withRemedies(remedies, () => server.transaction(database, changeAndRead, signal));
}
