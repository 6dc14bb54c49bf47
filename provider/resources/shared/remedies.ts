import { PostgresError } from "../../postgres/errors";

/** What to do about an error, by its SQLSTATE. */
export type Remedies = Readonly<Record<string, string>>;

/** Runs work; an error of the server that has a remedy here is thrown with it, in place of a more general one. */
export async function withRemedies<T>(remedies: Remedies, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const remedy = error instanceof PostgresError ? remedies[error.sqlState ?? ""] : undefined;
    throw error instanceof PostgresError && remedy !== undefined ? error.withRemedy(remedy) : error;
  }
}
