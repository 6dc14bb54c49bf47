const ASCII_ONLY = /^\p{ASCII}*$/u;

/**
 * Prepares a password with SASLprep. A password that SASLprep does not allow is returned unchanged, as PostgreSQL and
 * its clients do.
 *
 * One difference remains: PostgreSQL looks for characters that Unicode 3.2 did not know before it normalizes, the
 * library looks after. A password with such a character must be given as a SCRAM verifier.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4013
 */
export async function saslprep(password: string): Promise<string> {
  if (ASCII_ONLY.test(password)) return password;
  // Most passwords are ASCII and never need these tables, so the provider does not load them at its start.
  const { saslprep: prepare } = await import("@mongodb-js/saslprep");
  try {
    return prepare(password);
  } catch {
    return password;
  }
}
