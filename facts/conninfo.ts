/**
 * Escapes a value for single quotes in a libpq connection string.
 *
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE
 */
export function escapeConninfoValue(value: string): string {
  return value.replace(/['\\]/g, "\\$&");
}
