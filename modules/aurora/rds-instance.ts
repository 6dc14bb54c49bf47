import { DbInstance } from "@cdktf/provider-aws/lib/db-instance";
import type { IResolvable, ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { DatabaseServer } from "./database-server";
import { defined } from "./defined";
import type { NewServerProps } from "./new-server-props";
import { newServerSettings } from "./new-server-settings";
import { ReplicationDbParameterGroup } from "./replication-db-parameter-group";

/** The properties of {@link RdsInstance}. */
export interface RdsInstanceProps extends NewServerProps {
  /**
   * The storage, in GiB. A subscriber has to have room for all of the tables that come.
   *
   * @default - 20, or the snapshot's
   */
  readonly allocatedStorage?: number;
  /**
   * What the storage may grow to by itself, in GiB; more than `allocatedStorage`.
   *
   * @default - it does not grow
   */
  readonly maxAllocatedStorage?: number;
  /** @default "gp3" */
  readonly storageType?: string;
  /**
   * Whether there is a standby in another availability zone.
   *
   * @default false
   */
  readonly multiAz?: boolean | IResolvable;
}

/** A new RDS for PostgreSQL instance that is ready for logical replication from its first start on, without a reboot. */
export class RdsInstance extends Construct implements DatabaseServer {
  readonly kind = "instance";
  readonly identifier: string;
  readonly host: string;
  /** The port that it listens on. */
  readonly port: number;
  readonly databaseName: string;
  readonly adminUsername: string;
  readonly adminSecretArn: string;
  readonly securityGroupId: string;
  readonly engineVersion: string;
  readonly parameterGroupName: string;
  readonly staticParameters: Readonly<Record<string, string>>;
  readonly ready: ITerraformDependable[];

  /** @throws Error when RDS would not accept a property, as far as that is known. */
  constructor(scope: Construct, id: string, props: RdsInstanceProps) {
    super(scope, id);
    const { name, engineVersion, snapshotIdentifier, maxAllocatedStorage } = props;
    const settings = newServerSettings(this, props);
    const parameterGroup = new ReplicationDbParameterGroup(this, "parameter_group", {
      ...props,
      namePrefix: `${name}-`,
    });

    const instance = new DbInstance(this, "instance", {
      ...settings.resource,
      identifier: name,
      engine: "postgres",
      instanceClass: settings.instanceClass,
      ...defined({
        username: settings.username,
        dbName: settings.createdDatabase,
        allocatedStorage: props.allocatedStorage ?? (snapshotIdentifier === undefined ? 20 : undefined),
        maxAllocatedStorage,
      }),
      storageType: props.storageType ?? "gp3",
      multiAz: props.multiAz ?? false,
      publiclyAccessible: settings.publiclyAccessible,
      autoMinorVersionUpgrade: settings.autoMinorVersionUpgrade,
      parameterGroupName: parameterGroup.name,
    });

    this.identifier = instance.identifier;
    this.host = instance.address;
    this.port = settings.port;
    this.databaseName = settings.databaseName ?? instance.dbName;
    this.adminUsername = settings.username ?? instance.username;
    this.adminSecretArn = instance.masterUserSecret.get(0).secretArn;
    this.securityGroupId = settings.securityGroupId;
    this.engineVersion = engineVersion;
    this.parameterGroupName = parameterGroup.name;
    this.staticParameters = parameterGroup.staticParameters;
    this.ready = [instance];
  }
}
