export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";

/**
 * Writes one line to standard error in the JSON form that Terraform's TF_LOG understands. Terraform decides by
 * TF_LOG_PROVIDER what is shown. Never pass a secret or a whole SQL statement: these lines end up in files.
 */
export function log(level: LogLevel, message: string, fields: Record<string, string | number> = {}): void {
  const line = {
    "@level": level,
    "@message": message,
    "@module": "postgresql",
    "@timestamp": new Date().toISOString(),
    ...fields,
  };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}
