import { DataResource, Fn } from "cdktf";
import type { Construct } from "constructs";

/**
 * The name of the snapshot that is taken when a server is destroyed. It stays the same for as long as the server lives,
 * and a server that is made again under its name gets another one: RDS refuses a name that it has already.
 *
 * @param replacedBy - what Terraform replaces the server for, when it changes.
 */
export function finalSnapshotIdentifier(
  scope: Construct,
  name: string,
  replacedBy: Readonly<Record<string, string | undefined>>,
): string {
  const server = new DataResource(scope, "final_snapshot", { triggersReplace: { name, ...replacedBy } });
  return `${name}-final-${Fn.substr(server.id, 0, 8)}`;
}
