import type { Resource } from "../framework/resource";
import type { PostgresServer } from "../postgres/server";
import { database } from "./database";
import { dmsSource } from "./dms-source";
import { extension } from "./extension";
import { grant } from "./grant";
import { grantRole } from "./grant-role";
import { initialSync } from "./initial-sync";
import { publication } from "./publication";
import { rdsLogicalReplication } from "./rds-logical-replication";
import { replicatedSchema } from "./replicated-schema";
import { replicationSlot } from "./replication-slot";
import { role } from "./role";
import { schema } from "./schema";
import { subscription } from "./subscription";

/** Every resource type of the provider. */
export const resources: readonly Resource<PostgresServer>[] = [
  database,
  dmsSource,
  extension,
  grant,
  grantRole,
  initialSync,
  publication,
  rdsLogicalReplication,
  replicatedSchema,
  replicationSlot,
  role,
  schema,
  subscription,
];
