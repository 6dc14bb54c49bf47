import type { PostgresEndpoint } from "./postgres-endpoint";

/** The Terraform variables by which the stack `local` is told of a server, as environment variables. */
export function stackVariables(
  name: "publisher" | "subscriber",
  { host, port, username, password }: PostgresEndpoint,
): Record<string, string> {
  const variables = Object.entries({ host, port, username, password, database: "postgres" });
  return Object.fromEntries(variables.map(([key, value]) => [`TF_VAR_${name}_${key}`, String(value)]));
}
