export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";

/**
 * Writes one line to standard error in the JSON format of Terraform's logs. Terraform filters the lines by TF_LOG_PROVIDER.
 * Never pass a secret or a whole SQL statement: users store and share these logs.
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
