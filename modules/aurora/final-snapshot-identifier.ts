import { DataResource, Fn } from "cdktf";
import type { Construct } from "constructs";

/**
 * Name of the snapshot that RDS creates when the server is destroyed. The name stays the same as long as the server
 * exists. A server recreated under the same name gets another one, because RDS rejects the name of an existing snapshot.
 *
 * @param replacedBy - values whose change replaces the server.
 */
export function finalSnapshotIdentifier(
  scope: Construct,
  name: string,
  replacedBy: Readonly<Record<string, string | undefined>>,
): string {
  const server = new DataResource(scope, "final_snapshot", { triggersReplace: { name, ...replacedBy } });
  return `${name}-final-${Fn.substr(server.id, 0, 8)}`;
}
