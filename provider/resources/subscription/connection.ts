import type { CreateOperation } from "../../framework/resource";
import { formatConninfo, parseConninfo, withPassword } from "../../postgres/conninfo";
import type { PostgresServer } from "../../postgres/server";
import type { SubscriptionSchema } from "./schema";

/** How long the subscriber's server may take to connect to the publisher when conninfo does not say. */
const DEFAULT_CONNECT_SECONDS = 30;

/** The connection string that the server stores: the configured one with the write-only password. */
export function effectiveConninfo({
  planned,
  config,
}: Pick<CreateOperation<SubscriptionSchema, PostgresServer>, "planned" | "config">): string {
  const { password_wo: password } = config;
  return password === null
    ? planned.conninfo
    : formatConninfo(withPassword(parseConninfo(planned.conninfo), password));
}

/** The connect_timeout of a connection string, in seconds. */
export function connectTimeoutSeconds(conninfo: string): number {
  const configured = Number(parseConninfo(conninfo).get("connect_timeout"));
  return configured > 0 ? configured : DEFAULT_CONNECT_SECONDS;
}

/** Whether two connection strings may lead to different servers or databases. */
export function leadsElsewhere(one: string, other: string): boolean {
  const [a, b] = [parseConninfo(one), parseConninfo(other)];
  return ["host", "hostaddr", "port", "dbname"].some(
    (keyword) => (a.get(keyword) ?? "") !== (b.get(keyword) ?? ""),
  );
}
