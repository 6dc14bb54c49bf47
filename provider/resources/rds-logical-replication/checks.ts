import { type EngineFacts, engineVersionNumber, POSTGRESQL_ENGINES } from "../../../facts/engine-versions";
import type { Rds } from "../../aws/rds";
import type { Database } from "../../aws/rds-database";
import { databaseLabel } from "../../aws/rds-wait";
import { sameGroup } from "./schema";

/** Something that speaks against attaching a parameter group. */
export interface Complaint {
  readonly summary: string;
  readonly detail: string;
  readonly attribute: "cluster_identifier" | "db_instance_identifier" | "parameter_group_name";
  /** Whether another resource of the same apply may put it right before this one is applied. */
  readonly mayPass: boolean;
}

/** What speaks against logical replication in a cluster or instance, whatever its parameters are. */
export function databaseComplaints(database: Database): Complaint[] {
  const { kind, engine, engineVersion, engineMode, memberOf, writer } = database;
  const attribute = kind === "cluster" ? "cluster_identifier" : "db_instance_identifier";
  const label = databaseLabel(database);
  const complain = (summary: string, detail: string, mayPass = false): Complaint[] => [
    { summary, detail: `The ${label} ${detail}`, attribute, mayPass },
  ];
  if (memberOf !== null) {
    return complain(
      "Instance of a cluster",
      `belongs to the cluster ${JSON.stringify(memberOf)}, whose parameter group has rds.logical_replication. Set cluster_identifier = ${JSON.stringify(memberOf)} instead.`,
    );
  }
  const facts = (POSTGRESQL_ENGINES as Readonly<Record<string, EngineFacts>>)[engine];
  if (facts === undefined) {
    return complain("Not PostgreSQL", `has the engine ${engine}. It must be aurora-postgresql or postgres.`);
  }
  if (kind === "cluster" && engine === "postgres") {
    return complain(
      "Multi-AZ DB cluster",
      "is a Multi-AZ DB cluster (engine postgres). Only Aurora clusters and single RDS instances are supported.",
    );
  }
  if (engineMode === "serverless") {
    return complain(
      "Aurora Serverless v1",
      "is Aurora Serverless v1, which has no logical replication. Migrate it to a provisioned or Serverless v2 cluster.",
    );
  }
  const { product, firstWithLogicalReplication: first } = facts;
  if (engineVersionNumber(engineVersion) < engineVersionNumber(first)) {
    return complain(
      "Engine version too old",
      `has version ${engineVersion}, and ${product} has logical replication since ${first}. Upgrade it first.`,
    );
  }
  if (writer === null) {
    return complain(
      "Cluster without a writer",
      "has no instance that writes. Add one, or name the primary cluster of the global database.",
      true,
    );
  }
  return [];
}

/** What speaks against the provider's own connection, over which the setting is checked: it must lead to the writer. */
export function connectionComplaints(database: Database, host: string): Complaint[] {
  const { kind, endpoint, readerEndpoint, endpoints } = database;
  const attribute = kind === "cluster" ? "cluster_identifier" : "db_instance_identifier";
  const label = databaseLabel(database);
  const advice = `Configure the provider of this resource (its provider argument) with host = ${JSON.stringify(endpoint ?? "the writer endpoint")}.`;
  if (host === readerEndpoint && host !== endpoint) {
    const detail = `The provider is connected to ${host}, the reader endpoint of the ${label}: logical replication is a matter of the writer. ${advice}`;
    return [{ summary: "Provider connected to a reader", detail, attribute, mayPass: false }];
  }
  // Whatever is no RDS name (a tunnel, an alias) may well lead there, and so may a proxy.
  const isRds = /\.rds\.amazonaws\.com(\.cn)?$/.test(host) && !/\.proxy-/.test(host);
  if (!isRds || endpoints.includes(host)) return [];
  const detail = `The provider is connected to ${host}, which is none of the endpoints of the ${label}, so the live setting could not be checked. ${advice}`;
  return [{ summary: "Provider connected to another server", detail, attribute, mayPass: false }];
}

/** The family that parameter groups for a database must have. */
export function familyOf({ engine, engineVersion }: Database): string {
  return `${engine}${engineVersion.split(".")[0]}`;
}

/** The parameters that a database would lose by another group: set in the present one, and not at all in the other. */
export function lostParameters(
  present: ReadonlyMap<string, string>,
  next: ReadonlyMap<string, string>,
): string[] {
  return [...present].filter(([name]) => !next.has(name)).map(([name, value]) => `${name} = ${value}`);
}

/**
 * What speaks against a group that exists; undefined when it does not exist.
 *
 * @throws RdsError
 */
export async function groupComplaints(
  rds: Rds,
  database: Database,
  group: string,
  signal: AbortSignal,
): Promise<Complaint[] | undefined> {
  const family = await rds.groupFamily(database, group, signal);
  if (family === undefined) return undefined;
  const complain = (summary: string, detail: string, mayPass = true): Complaint => ({
    ...{ summary, detail, attribute: "parameter_group_name", mayPass },
  });
  const label = databaseLabel(database);
  const wanted = familyOf(database);
  if (family !== wanted) {
    return [
      complain(
        "Parameter group of another family",
        `The parameter group ${JSON.stringify(group)} is of the family ${family}, and the ${label} with version ${database.engineVersion} needs one of the family ${wanted}.`,
        false,
      ),
    ];
  }
  const parameters = await rds.groupParameters(database, group, signal);
  const value = parameters.get("rds.logical_replication");
  const off =
    value === "1"
      ? []
      : [
          complain(
            "Parameter group without logical replication",
            `The parameter group ${JSON.stringify(group)} ${value === undefined ? "does not set rds.logical_replication" : `sets rds.logical_replication = ${value}`}. Set it to 1, with the apply method pending-reboot.`,
          ),
        ];
  const { parameterGroup: present } = database;
  if (sameGroup(present, group) || present.startsWith("default.")) return off;
  const lost = lostParameters(await rds.groupParameters(database, present, signal), parameters);
  if (lost.length === 0) return off;
  return [
    ...off,
    complain(
      "Parameters would be lost",
      `The ${label} has the parameter group ${JSON.stringify(present)}, which sets what ${JSON.stringify(group)} does not: ${lost.join(", ")}. ` +
        "Attaching the new group would silently take these back to their defaults. Set each of them in the new group, to this value or to the one that you want.",
    ),
  ];
}
