import type { Operation } from "../../framework/resource";
import type { Notice } from "../../postgres/connection";

const NARRATING: readonly string[] = ["NOTICE", "INFO", "LOG", "DEBUG"];

/** Hands what the server warned of on to the user. Its NOTICEs only narrate. */
export function warnOfNotice(
  operation: Pick<Operation<unknown>, "warn">,
  label: string,
  notice: Notice,
): void {
  if (!isWarning(notice)) return;
  const lines = [`${label}: the server warns: ${notice.message}`, notice.detail, notice.hint];
  operation.warn("Warning from PostgreSQL", lines.filter(Boolean).join("\n"));
}

/**
 * A server with another lc_messages translates the severity. What only narrates then has the SQLSTATE of success, or of an
 * object that exists already or does not exist, which the statement skips.
 */
function isWarning({ severity, sqlState = "" }: Notice): boolean {
  if (severity === "WARNING" || NARRATING.includes(severity)) return severity === "WARNING";
  return sqlState !== "00000" && !sqlState.startsWith("42");
}
