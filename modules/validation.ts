import { Token } from "cdktf";
import { AWS_NAME_PATTERN, AWS_NAME_RULE } from "../facts/aws-names";

/** Text that stands for a value in error messages that is unknown at synthesis. */
export const UNKNOWN_VALUE = "a value that is unknown until Terraform runs";

const MAX_INTEGER = 2_147_483_647;

/** A value as error messages show it. */
export function shown(value: unknown): string {
  return Token.isUnresolved(value) ? UNKNOWN_VALUE : (JSON.stringify(value) ?? "nothing");
}

/** Limits of a whole number. */
export interface IntegerLimits {
  /** @default 0 */
  readonly min?: number;
  /** @default 2147483647 */
  readonly max?: number;
  /** Unit of the number in the error message, such as "GB". */
  readonly unit?: string;
}

/**
 * Requires a whole number within limits, known at synthesis.
 *
 * @throws Error if it is not.
 */
export function requireInteger(
  property: string,
  value: number,
  { min = 0, max = MAX_INTEGER, unit }: IntegerLimits = {},
): void {
  if (!Token.isUnresolved(value) && Number.isInteger(value) && value >= min && value <= max) return;
  const range = max >= MAX_INTEGER ? `, at least ${min}` : ` from ${min} to ${max}`;
  const subject = `${property} must be a whole number${unit === undefined ? "" : ` of ${unit}`}`;
  throw new Error(`${subject}${range}. Got ${Token.isUnresolved(value) ? UNKNOWN_VALUE : String(value)}.`);
}

/**
 * Requires a whole number within limits. Does not check a value that is unknown at synthesis.
 *
 * @throws Error if it is not.
 */
export function requireKnownInteger(property: string, value: number, limits?: IntegerLimits): void {
  if (!Token.isUnresolved(value)) requireInteger(property, value, limits);
}

/**
 * Requires a name that RDS and DMS accept. Does not check a value that is unknown at synthesis.
 *
 * @throws Error if they do not.
 */
export function requireAwsName(
  property: string,
  name: string,
  { min = 1, max }: { readonly min?: number; readonly max: number },
): void {
  if (Token.isUnresolved(name)) return;
  if (new RegExp(AWS_NAME_PATTERN).test(name) && name.length >= min && name.length <= max) return;
  throw new Error(
    `${property} must consist of ${min > 1 ? `${min} to ${max}` : `up to ${max}`} ${AWS_NAME_RULE}. Got ${JSON.stringify(name)}.`,
  );
}

/**
 * Requires the identifier of an RDS cluster or instance instead of an endpoint, such as the reader endpoint. Does not
 * check a value that is unknown at synthesis.
 *
 * @throws Error if it is not one.
 */
export function requireIdentifier(property: string, identifier: string): void {
  if (Token.isUnresolved(identifier) || new RegExp(AWS_NAME_PATTERN).test(identifier)) return;
  throw new Error(
    `${property} must be an identifier as RDS shows it, in lower case, such as "orders". An endpoint is not an identifier. Got ${JSON.stringify(identifier)}.`,
  );
}

/**
 * Requires a valid name of a replication slot. Does not check a value that is unknown at synthesis.
 *
 * @throws Error if it is not valid.
 * @see https://www.postgresql.org/docs/current/warm-standby.html#STREAMING-REPLICATION-SLOTS-MANIPULATION
 */
export function requireSlotName(property: string, name: string): void {
  if (Token.isUnresolved(name) || /^[a-z0-9_]{1,63}$/.test(name)) return;
  throw new Error(
    `${property} must consist of 1 to 63 lower case letters, digits and underscores, since it also names a replication slot. Got ${JSON.stringify(name)}.`,
  );
}

/**
 * Rejects Aurora's reader endpoint: publications, slots and subscriptions live on the writer.
 *
 * @throws Error if the host is a reader endpoint.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.Endpoints.html
 */
export function requireWriterEndpoint(property: string, host: string | undefined): void {
  if (host === undefined || Token.isUnresolved(host) || !/\.cluster-ro-[^.]+\./i.test(host)) return;
  throw new Error(
    `${property} must be the writer endpoint (….cluster-….rds.amazonaws.com): a reader can neither publish nor subscribe. Got the reader endpoint ${JSON.stringify(host)}.`,
  );
}
