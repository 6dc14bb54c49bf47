import type { Operation } from "../../framework/resource";
import type { Notice } from "../../postgres/connection";

/** Hands what the server warned of on to the user. Its NOTICEs only narrate. */
export function warnOfNotice(
  operation: Pick<Operation<unknown>, "warn">,
  label: string,
  notice: Notice,
): void {
  if (notice.severity !== "WARNING") return;
  const lines = [`${label}: the server warns: ${notice.message}`, notice.detail, notice.hint];
  operation.warn("Warning from PostgreSQL", lines.filter(Boolean).join("\n"));
}
