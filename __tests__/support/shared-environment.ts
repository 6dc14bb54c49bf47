import type { PostgresEndpoint } from "../../sandbox/postgres-endpoint";

/** The servers that every acceptance and end-to-end test can use; each test has a database of its own in them. */
export const sharedServerMajors = { publisher: 18, subscriber: 18, publisher10: 10 } as const;

export type SharedServerName = keyof typeof sharedServerMajors;

/** What was made, or why it could not be: a test that does not need the one thing runs without it. */
export type Outcome<T> = { readonly value: T } | { readonly error: string };

/** What the global set-up made, as it travels to the workers. */
export interface SharedEnvironment {
  readonly servers: Readonly<Record<SharedServerName, Outcome<PostgresEndpoint>>>;
  /** Folder of the built provider. */
  readonly provider: Outcome<string>;
  /** What TF_REATTACH_PROVIDERS says of the provider that runs already. */
  readonly runningProvider: Outcome<string>;
}

const variable = "SHARED_TEST_ENVIRONMENT";

/** Workers are started with a copy of this process' environment, so that is how they learn of it. */
export function publishEnvironment(environment: SharedEnvironment): void {
  process.env[variable] = JSON.stringify(environment);
}

/** A server that all test files share. */
export function sharedServer(name: SharedServerName): PostgresEndpoint {
  return unwrap(readEnvironment().servers[name]);
}

/** The folder of the provider's executable, built once for the whole run. */
export function builtProvider(): string {
  return unwrap(readEnvironment().provider);
}

/** TF_REATTACH_PROVIDERS for Terraform to use a provider that runs already, in place of starting one for each step. */
export function runningProvider(): string {
  return unwrap(readEnvironment().runningProvider);
}

function readEnvironment(): SharedEnvironment {
  const text = process.env[variable];
  if (text === undefined) {
    throw new Error(
      "This test needs jest's global set-up: it belongs to __tests__/acceptance or __tests__/end-to-end.",
    );
  }
  return JSON.parse(text) as SharedEnvironment;
}

function unwrap<T>(outcome: Outcome<T>): T {
  if ("error" in outcome) {
    throw new Error(outcome.error);
  }
  return outcome.value;
}
