import { type AwsAccess, rdsRegionOf } from "../../aws/aws-access";
import type { DatabaseName } from "../../aws/rds-database";
import type { ConfiguredProvider } from "../../configured-provider";
import type { RdsView } from "./schema";

type Identifiers = Pick<RdsView, "cluster_identifier" | "db_instance_identifier">;

/** Which cluster or instance is meant; undefined while that is not known. */
export function nameOf({
  cluster_identifier: cluster,
  db_instance_identifier: instance,
}: Identifiers): DatabaseName | undefined {
  if (typeof cluster === "string") return { kind: "cluster", identifier: cluster };
  return typeof instance === "string" ? { kind: "instance", identifier: instance } : undefined;
}

/** The same where all is known. */
export function requireName(values: Identifiers): DatabaseName {
  const name = nameOf(values);
  if (name === undefined) throw new Error("it names neither a cluster nor an instance");
  return name;
}

/** The ID of the resource, and its import ID. */
export function idOf({ kind, identifier }: DatabaseName): string {
  return `${kind}:${identifier}`;
}

/** Who speaks to AWS, and in which region. @param own The region that the resource names. */
export function accessOf({ server, aws }: ConfiguredProvider, own: string | null | undefined): AwsAccess {
  const region = own ?? aws.region ?? rdsRegionOf(server.settings.host);
  return { ...aws, ...(region === undefined ? {} : { region }) };
}
