import type { ConfiguredProvider } from "../configured-provider";
import type { Resource } from "../framework/resource";
import { database } from "./database/database";
import { defaultPrivileges } from "./default-privileges/default-privileges";
import { dmsSource } from "./dms-source/dms-source";
import { extension } from "./extension/extension";
import { functionResource } from "./function/function";
import { grant } from "./grant/grant";
import { grantRole } from "./grant-role/grant-role";
import { initialSync } from "./initial-sync/initial-sync";
import { physicalReplicationSlot } from "./physical-replication-slot/physical-replication-slot";
import { publication } from "./publication/publication";
import { rdsLogicalReplication } from "./rds-logical-replication/rds-logical-replication";
import { replicatedSchema } from "./replicated-schema/replicated-schema";
import { replicationSlot } from "./replication-slot/replication-slot";
import { role } from "./role/role";
import { rowCount } from "./row-count/row-count";
import { schema } from "./schema/schema";
import { server } from "./server/server";
import { subscription } from "./subscription/subscription";
import { userMapping } from "./user-mapping/user-mapping";

/** Every resource type of the provider. */
export const resources: readonly Resource<ConfiguredProvider>[] = [
  database,
  defaultPrivileges,
  dmsSource,
  extension,
  functionResource,
  grant,
  grantRole,
  initialSync,
  physicalReplicationSlot,
  publication,
  rdsLogicalReplication,
  replicatedSchema,
  replicationSlot,
  role,
  rowCount,
  schema,
  server,
  subscription,
  userMapping,
];
