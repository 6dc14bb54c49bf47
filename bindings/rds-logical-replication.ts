// Generated from the provider's schema by npm run generate:bindings; not to be edited.

import { Construct } from "constructs";
import * as cdktf from "cdktf";

// Configuration

/** The arguments of `RdsLogicalReplication`. */
export interface RdsLogicalReplicationConfig extends cdktf.TerraformMetaArguments {
  /**
   * Identifier of the Aurora cluster, not its endpoint. Set either this or `db_instance_identifier`. Changing it replaces the object.
   */
  readonly clusterIdentifier?: string | undefined;
  /**
   * Identifier of an RDS instance outside a cluster, not its endpoint. Set either this or `cluster_identifier`. Changing it replaces the object.
   */
  readonly dbInstanceIdentifier?: string | undefined;
  /**
   * ID of the object. Set by the provider.
   */
  readonly id?: string | undefined;
  /**
   * Name of the DB cluster parameter group to attach; for an instance, of the DB parameter group. The group must set `rds.logical_replication = 1` and belong to the family of the engine version. Changed in place.
   */
  readonly parameterGroupName: string;
  /**
   * When to reboot the writer (default: `if_pending`). `if_pending` reboots it if static parameters are pending. `never` fails instead, with the command to run in the maintenance window; apply again afterwards.
   */
  readonly reboot?: string | undefined;
  /**
   * Arbitrary values. When they change, the next apply checks again for pending static parameters. Set this to the values of the parameter group's static parameters, so that the apply that changes them also reboots.
   */
  readonly refreshTriggers?: { [key: string]: string } | undefined;
  /**
   * AWS region (default: `aws_rds_iam_region` of the provider block, then the region in its `host`, then the AWS SDK's default: `AWS_REGION` or the profile). Changing it replaces the object.
   */
  readonly region?: string | undefined;
  /**
   * timeouts block
   */
  readonly timeouts?: RdsLogicalReplicationTimeouts | undefined;
}
/** A block or an object of it. */
export interface RdsLogicalReplicationTimeouts {
  /**
   * Time limit of the create operation, such as `30s`, `10m` or `1h30m` (default: `20m`). When it expires, the provider cancels the statement that runs on the server.
   */
  readonly create?: string | undefined;
  /**
   * Time limit of the delete operation, such as `30s`, `10m` or `1h30m` (default: `20m`). When it expires, the provider cancels the statement that runs on the server.
   */
  readonly delete?: string | undefined;
  /**
   * Time limit of the read operation, such as `30s`, `10m` or `1h30m` (default: `5m`). When it expires, the provider cancels the statement that runs on the server.
   */
  readonly read?: string | undefined;
  /**
   * Time limit of the update operation, such as `30s`, `10m` or `1h30m` (default: `20m`). When it expires, the provider cancels the statement that runs on the server.
   */
  readonly update?: string | undefined;
}

export function rdsLogicalReplicationTimeoutsToTerraform(
  struct?: RdsLogicalReplicationTimeouts | cdktf.IResolvable,
): any {
  if (!cdktf.canInspect(struct) || cdktf.Tokenization.isResolvable(struct)) {
    return struct;
  }
  if (cdktf.isComplexElement(struct)) {
    throw new Error(
      "A complex element was used as configuration, this is not supported: https://cdk.tf/complex-object-as-configuration",
    );
  }
  return {
    create: cdktf.stringToTerraform(struct!.create),
    delete: cdktf.stringToTerraform(struct!.delete),
    read: cdktf.stringToTerraform(struct!.read),
    update: cdktf.stringToTerraform(struct!.update),
  };
}

export function rdsLogicalReplicationTimeoutsToHclTerraform(
  struct?: RdsLogicalReplicationTimeouts | cdktf.IResolvable,
): any {
  if (!cdktf.canInspect(struct) || cdktf.Tokenization.isResolvable(struct)) {
    return struct;
  }
  if (cdktf.isComplexElement(struct)) {
    throw new Error(
      "A complex element was used as configuration, this is not supported: https://cdk.tf/complex-object-as-configuration",
    );
  }
  const attrs = {
    create: {
      value: cdktf.stringToHclTerraform(struct!.create),
      isBlock: false,
      type: "simple",
      storageClassType: "string",
    },
    delete: {
      value: cdktf.stringToHclTerraform(struct!.delete),
      isBlock: false,
      type: "simple",
      storageClassType: "string",
    },
    read: {
      value: cdktf.stringToHclTerraform(struct!.read),
      isBlock: false,
      type: "simple",
      storageClassType: "string",
    },
    update: {
      value: cdktf.stringToHclTerraform(struct!.update),
      isBlock: false,
      type: "simple",
      storageClassType: "string",
    },
  };

  // remove undefined attributes
  return Object.fromEntries(
    Object.entries(attrs).filter(([_, value]) => value !== undefined && value.value !== undefined),
  );
}

/** The same, for what refers to it. */
export class RdsLogicalReplicationTimeoutsOutputReference extends cdktf.ComplexObject {
  private isEmptyObject = false;
  private resolvableValue?: cdktf.IResolvable | undefined;

  /**
   * @param terraformResource The parent resource
   * @param terraformAttribute The attribute on the parent resource this class is referencing
   */
  public constructor(terraformResource: cdktf.IInterpolatingParent, terraformAttribute: string) {
    super(terraformResource, terraformAttribute, false);
  }

  public get internalValue(): RdsLogicalReplicationTimeouts | cdktf.IResolvable | undefined {
    if (this.resolvableValue) {
      return this.resolvableValue;
    }
    let hasAnyValues = this.isEmptyObject;
    const internalValueResult: any = {};
    if (this._create !== undefined) {
      hasAnyValues = true;
      internalValueResult.create = this._create;
    }
    if (this._delete !== undefined) {
      hasAnyValues = true;
      internalValueResult.delete = this._delete;
    }
    if (this._read !== undefined) {
      hasAnyValues = true;
      internalValueResult.read = this._read;
    }
    if (this._update !== undefined) {
      hasAnyValues = true;
      internalValueResult.update = this._update;
    }
    return hasAnyValues ? internalValueResult : undefined;
  }

  public set internalValue(value: RdsLogicalReplicationTimeouts | cdktf.IResolvable | undefined) {
    if (value === undefined) {
      this.isEmptyObject = false;
      this.resolvableValue = undefined;
      this._create = undefined;
      this._delete = undefined;
      this._read = undefined;
      this._update = undefined;
    } else if (cdktf.Tokenization.isResolvable(value)) {
      this.isEmptyObject = false;
      this.resolvableValue = value;
    } else {
      this.isEmptyObject = Object.keys(value).length === 0;
      this.resolvableValue = undefined;
      this._create = value.create;
      this._delete = value.delete;
      this._read = value.read;
      this._update = value.update;
    }
  }

  // create - computed: false, optional: true, required: false
  private _create?: string | undefined;
  public get create() {
    return this.getStringAttribute("create");
  }
  public set create(value: string) {
    this._create = value;
  }
  public resetCreate() {
    this._create = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get createInput() {
    return this._create;
  }

  // delete - computed: false, optional: true, required: false
  private _delete?: string | undefined;
  public get delete() {
    return this.getStringAttribute("delete");
  }
  public set delete(value: string) {
    this._delete = value;
  }
  public resetDelete() {
    this._delete = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get deleteInput() {
    return this._delete;
  }

  // read - computed: false, optional: true, required: false
  private _read?: string | undefined;
  public get read() {
    return this.getStringAttribute("read");
  }
  public set read(value: string) {
    this._read = value;
  }
  public resetRead() {
    this._read = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get readInput() {
    return this._read;
  }

  // update - computed: false, optional: true, required: false
  private _update?: string | undefined;
  public get update() {
    return this.getStringAttribute("update");
  }
  public set update(value: string) {
    this._update = value;
  }
  public resetUpdate() {
    this._update = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get updateInput() {
    return this._update;
  }
}

/**
 * Represents a postgresql_rds_logical_replication
 */
export class RdsLogicalReplication extends cdktf.TerraformResource {
  // =================
  // STATIC PROPERTIES
  // =================
  /** The type's name in Terraform. */
  public static readonly tfResourceType = "postgresql_rds_logical_replication";

  // ==============
  // STATIC Methods
  // ==============
  /**
   * Generates CDKTF code for importing a RdsLogicalReplication resource upon running "cdktf plan <stack-name>"
   * @param scope The scope in which to define this construct
   * @param importToId The construct id used in the generated config for the RdsLogicalReplication to import
   * @param importFromId The id of the existing RdsLogicalReplication that should be imported. Refer to the import section in the documentation of this resource for the id to use
   * @param provider Optional instance of the provider where the RdsLogicalReplication to import is found
   */
  public static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: cdktf.TerraformProvider,
  ) {
    return new cdktf.ImportableResource(scope, importToId, {
      terraformResourceType: "postgresql_rds_logical_replication",
      importId: importFromId,
      provider,
    } as cdktf.IImportableConfig);
  }

  // ===========
  // INITIALIZER
  // ===========

  /**
   * Create a new postgresql_rds_logical_replication Resource
   *
   * @param scope The scope in which to define this construct
   * @param id The scoped construct ID. Must be unique amongst siblings in the same scope
   * @param config RdsLogicalReplicationConfig
   */
  public constructor(scope: Construct, id: string, config: RdsLogicalReplicationConfig) {
    super(scope, id, {
      terraformResourceType: "postgresql_rds_logical_replication",
      terraformGeneratorMetadata: {
        providerName: "postgresql",
      },
      provider: config.provider,
      dependsOn: config.dependsOn,
      count: config.count,
      lifecycle: config.lifecycle,
      provisioners: config.provisioners,
      connection: config.connection,
      forEach: config.forEach,
    } as cdktf.TerraformResourceConfig);
    this._clusterIdentifier = config.clusterIdentifier;
    this._dbInstanceIdentifier = config.dbInstanceIdentifier;
    this._id = config.id;
    this._parameterGroupName = config.parameterGroupName;
    this._reboot = config.reboot;
    this._refreshTriggers = config.refreshTriggers;
    this._region = config.region;
    this._timeouts.internalValue = config.timeouts;
  }

  // ==========
  // ATTRIBUTES
  // ==========

  // cluster_identifier - computed: false, optional: true, required: false
  private _clusterIdentifier?: string | undefined;
  public get clusterIdentifier() {
    return this.getStringAttribute("cluster_identifier");
  }
  public set clusterIdentifier(value: string) {
    this._clusterIdentifier = value;
  }
  public resetClusterIdentifier() {
    this._clusterIdentifier = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get clusterIdentifierInput() {
    return this._clusterIdentifier;
  }

  // db_instance_identifier - computed: false, optional: true, required: false
  private _dbInstanceIdentifier?: string | undefined;
  public get dbInstanceIdentifier() {
    return this.getStringAttribute("db_instance_identifier");
  }
  public set dbInstanceIdentifier(value: string) {
    this._dbInstanceIdentifier = value;
  }
  public resetDbInstanceIdentifier() {
    this._dbInstanceIdentifier = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get dbInstanceIdentifierInput() {
    return this._dbInstanceIdentifier;
  }

  // former_parameter_group_name - computed: true, optional: false, required: false
  public get formerParameterGroupName() {
    return this.getStringAttribute("former_parameter_group_name");
  }

  // id - computed: true, optional: true, required: false
  private _id?: string | undefined;
  public get id() {
    return this.getStringAttribute("id");
  }
  public set id(value: string) {
    this._id = value;
  }
  public resetId() {
    this._id = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get idInput() {
    return this._id;
  }

  // parameter_apply_status - computed: true, optional: false, required: false
  public get parameterApplyStatus() {
    return this.getStringAttribute("parameter_apply_status");
  }

  // parameter_group_name - computed: false, optional: false, required: true
  private _parameterGroupName?: string | undefined;
  public get parameterGroupName() {
    return this.getStringAttribute("parameter_group_name");
  }
  public set parameterGroupName(value: string) {
    this._parameterGroupName = value;
  }
  // Temporarily expose input value. Use with caution.
  public get parameterGroupNameInput() {
    return this._parameterGroupName;
  }

  // reboot - computed: true, optional: true, required: false
  private _reboot?: string | undefined;
  public get reboot() {
    return this.getStringAttribute("reboot");
  }
  public set reboot(value: string) {
    this._reboot = value;
  }
  public resetReboot() {
    this._reboot = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get rebootInput() {
    return this._reboot;
  }

  // refresh_triggers - computed: false, optional: true, required: false
  private _refreshTriggers?: { [key: string]: string } | undefined;
  public get refreshTriggers() {
    return this.getStringMapAttribute("refresh_triggers");
  }
  public set refreshTriggers(value: { [key: string]: string }) {
    this._refreshTriggers = value;
  }
  public resetRefreshTriggers() {
    this._refreshTriggers = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get refreshTriggersInput() {
    return this._refreshTriggers;
  }

  // region - computed: true, optional: true, required: false
  private _region?: string | undefined;
  public get region() {
    return this.getStringAttribute("region");
  }
  public set region(value: string) {
    this._region = value;
  }
  public resetRegion() {
    this._region = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get regionInput() {
    return this._region;
  }

  // wal_level - computed: true, optional: false, required: false
  public get walLevel() {
    return this.getStringAttribute("wal_level");
  }

  // writer - computed: true, optional: false, required: false
  public get writer() {
    return this.getStringAttribute("writer");
  }

  // timeouts - computed: false, optional: true, required: false
  private _timeouts = new RdsLogicalReplicationTimeoutsOutputReference(this, "timeouts");
  public get timeouts() {
    return this._timeouts;
  }
  public putTimeouts(value: RdsLogicalReplicationTimeouts) {
    this._timeouts.internalValue = value;
  }
  public resetTimeouts() {
    this._timeouts.internalValue = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get timeoutsInput() {
    return this._timeouts.internalValue;
  }

  // =========
  // SYNTHESIS
  // =========

  protected override synthesizeAttributes(): { [name: string]: any } {
    return {
      cluster_identifier: cdktf.stringToTerraform(this._clusterIdentifier),
      db_instance_identifier: cdktf.stringToTerraform(this._dbInstanceIdentifier),
      id: cdktf.stringToTerraform(this._id),
      parameter_group_name: cdktf.stringToTerraform(this._parameterGroupName),
      reboot: cdktf.stringToTerraform(this._reboot),
      refresh_triggers: cdktf.hashMapper(cdktf.stringToTerraform)(this._refreshTriggers),
      region: cdktf.stringToTerraform(this._region),
      timeouts: rdsLogicalReplicationTimeoutsToTerraform(this._timeouts.internalValue),
    };
  }

  protected override synthesizeHclAttributes(): { [name: string]: any } {
    const attrs = {
      cluster_identifier: {
        value: cdktf.stringToHclTerraform(this._clusterIdentifier),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      db_instance_identifier: {
        value: cdktf.stringToHclTerraform(this._dbInstanceIdentifier),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      id: {
        value: cdktf.stringToHclTerraform(this._id),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      parameter_group_name: {
        value: cdktf.stringToHclTerraform(this._parameterGroupName),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      reboot: {
        value: cdktf.stringToHclTerraform(this._reboot),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      refresh_triggers: {
        value: cdktf.hashMapperHcl(cdktf.stringToHclTerraform)(this._refreshTriggers),
        isBlock: false,
        type: "map",
        storageClassType: "stringMap",
      },
      region: {
        value: cdktf.stringToHclTerraform(this._region),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      timeouts: {
        value: rdsLogicalReplicationTimeoutsToHclTerraform(this._timeouts.internalValue),
        isBlock: true,
        type: "struct",
        storageClassType: "RdsLogicalReplicationTimeouts",
      },
    };

    // remove undefined attributes
    return Object.fromEntries(
      Object.entries(attrs).filter(([_, value]) => value !== undefined && value.value !== undefined),
    );
  }
}
