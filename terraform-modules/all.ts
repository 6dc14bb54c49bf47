import type { Construct } from "constructs";
import { AuroraPublisherModule } from "./aurora-publisher";
import { DmsMigrationModule } from "./dms-migration";
import { LogicalReplicationParameterGroupModule } from "./logical-replication-parameter-group";
import { NativeReplicationModule } from "./native-replication";
import { ReplicationAccessModule } from "./replication-access";
import type { TerraformModule } from "./terraform-module";

/** The modules that there are, by name. */
export const terraformModules: Readonly<
  Record<string, new (scope: Construct, name: string) => TerraformModule>
> = {
  "logical-replication-parameter-group": LogicalReplicationParameterGroupModule,
  "aurora-publisher": AuroraPublisherModule,
  "replication-access": ReplicationAccessModule,
  "native-replication": NativeReplicationModule,
  "dms-migration": DmsMigrationModule,
};
