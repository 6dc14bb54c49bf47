// Generated from the provider's schema by npm run generate:bindings; not to be edited.

import { Construct } from "constructs";
import * as cdktf from "cdktf";

// Configuration

/** The arguments of `DataPostgresqlReplicationStatus`. */
export interface DataPostgresqlReplicationStatusConfig extends cdktf.TerraformMetaArguments {
  /**
   * Database to connect to (default: the provider's `database`). A subscription is looked up in this database, a slot in all databases of the server.
   */
  readonly database?: string | undefined;
  /**
   * ID of the object. Set by the provider.
   */
  readonly id?: string | undefined;
  /**
   * Name of a replication slot at the publisher. Set either this or `subscription`.
   */
  readonly slotName?: string | undefined;
  /**
   * Name of a subscription at the subscriber.
   */
  readonly subscription?: string | undefined;
  /**
   * timeouts block
   */
  readonly timeouts?: DataPostgresqlReplicationStatusTimeouts | undefined;
}
/** A block or an object of it. */
export interface DataPostgresqlReplicationStatusTables {}

export function dataPostgresqlReplicationStatusTablesToTerraform(
  struct?: DataPostgresqlReplicationStatusTables,
): any {
  if (!cdktf.canInspect(struct) || cdktf.Tokenization.isResolvable(struct)) {
    return struct;
  }
  if (cdktf.isComplexElement(struct)) {
    throw new Error(
      "A complex element was used as configuration, this is not supported: https://cdk.tf/complex-object-as-configuration",
    );
  }
  return {};
}

export function dataPostgresqlReplicationStatusTablesToHclTerraform(
  struct?: DataPostgresqlReplicationStatusTables,
): any {
  if (!cdktf.canInspect(struct) || cdktf.Tokenization.isResolvable(struct)) {
    return struct;
  }
  if (cdktf.isComplexElement(struct)) {
    throw new Error(
      "A complex element was used as configuration, this is not supported: https://cdk.tf/complex-object-as-configuration",
    );
  }
  const attrs = {};
  return attrs;
}

/** The same, for what refers to it. */
export class DataPostgresqlReplicationStatusTablesOutputReference extends cdktf.ComplexObject {
  private isEmptyObject = false;

  /**
   * @param terraformResource The parent resource
   * @param terraformAttribute The attribute on the parent resource this class is referencing
   * @param complexObjectIndex the index of this item in the list
   * @param complexObjectIsFromSet whether the list is wrapping a set (will add tolist() to be able to access an item via an index)
   */
  public constructor(
    terraformResource: cdktf.IInterpolatingParent,
    terraformAttribute: string,
    complexObjectIndex: number,
    complexObjectIsFromSet: boolean,
  ) {
    super(terraformResource, terraformAttribute, complexObjectIsFromSet, complexObjectIndex);
  }

  public get internalValue(): DataPostgresqlReplicationStatusTables | undefined {
    let hasAnyValues = this.isEmptyObject;
    const internalValueResult: any = {};
    return hasAnyValues ? internalValueResult : undefined;
  }

  public set internalValue(value: DataPostgresqlReplicationStatusTables | undefined) {
    if (value === undefined) {
      this.isEmptyObject = false;
    } else {
      this.isEmptyObject = Object.keys(value).length === 0;
    }
  }

  // name - computed: true, optional: false, required: false
  public get name() {
    return this.getStringAttribute("name");
  }

  // schema - computed: true, optional: false, required: false
  public get schema() {
    return this.getStringAttribute("schema");
  }

  // state - computed: true, optional: false, required: false
  public get state() {
    return this.getStringAttribute("state");
  }
}

/** The same, for what refers to it. */
export class DataPostgresqlReplicationStatusTablesList extends cdktf.ComplexList {
  /**
   * @param terraformResource The parent resource
   * @param terraformAttribute The attribute on the parent resource this class is referencing
   * @param wrapsSet whether the list is wrapping a set (will add tolist() to be able to access an item via an index)
   */
  constructor(
    protected override terraformResource: cdktf.IInterpolatingParent,
    protected override terraformAttribute: string,
    protected override wrapsSet: boolean,
  ) {
    super(terraformResource, terraformAttribute, wrapsSet);
  }

  /**
   * @param index the index of the item to return
   */
  public get(index: number): DataPostgresqlReplicationStatusTablesOutputReference {
    return new DataPostgresqlReplicationStatusTablesOutputReference(
      this.terraformResource,
      this.terraformAttribute,
      index,
      this.wrapsSet,
    );
  }
}
/** A block or an object of it. */
export interface DataPostgresqlReplicationStatusTimeouts {
  /**
   * Time limit of the read operation, such as `30s`, `10m` or `1h30m` (default: `5m`). When it expires, the provider cancels the statement that runs on the server.
   */
  readonly read?: string | undefined;
}

export function dataPostgresqlReplicationStatusTimeoutsToTerraform(
  struct?: DataPostgresqlReplicationStatusTimeouts | cdktf.IResolvable,
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
    read: cdktf.stringToTerraform(struct!.read),
  };
}

export function dataPostgresqlReplicationStatusTimeoutsToHclTerraform(
  struct?: DataPostgresqlReplicationStatusTimeouts | cdktf.IResolvable,
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
    read: {
      value: cdktf.stringToHclTerraform(struct!.read),
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
export class DataPostgresqlReplicationStatusTimeoutsOutputReference extends cdktf.ComplexObject {
  private isEmptyObject = false;
  private resolvableValue?: cdktf.IResolvable | undefined;

  /**
   * @param terraformResource The parent resource
   * @param terraformAttribute The attribute on the parent resource this class is referencing
   */
  public constructor(terraformResource: cdktf.IInterpolatingParent, terraformAttribute: string) {
    super(terraformResource, terraformAttribute, false);
  }

  public get internalValue(): DataPostgresqlReplicationStatusTimeouts | cdktf.IResolvable | undefined {
    if (this.resolvableValue) {
      return this.resolvableValue;
    }
    let hasAnyValues = this.isEmptyObject;
    const internalValueResult: any = {};
    if (this._read !== undefined) {
      hasAnyValues = true;
      internalValueResult.read = this._read;
    }
    return hasAnyValues ? internalValueResult : undefined;
  }

  public set internalValue(value: DataPostgresqlReplicationStatusTimeouts | cdktf.IResolvable | undefined) {
    if (value === undefined) {
      this.isEmptyObject = false;
      this.resolvableValue = undefined;
      this._read = undefined;
    } else if (cdktf.Tokenization.isResolvable(value)) {
      this.isEmptyObject = false;
      this.resolvableValue = value;
    } else {
      this.isEmptyObject = Object.keys(value).length === 0;
      this.resolvableValue = undefined;
      this._read = value.read;
    }
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
}

/**
 * Represents a postgresql_replication_status
 */
export class DataPostgresqlReplicationStatus extends cdktf.TerraformDataSource {
  // =================
  // STATIC PROPERTIES
  // =================
  /** The type's name in Terraform. */
  public static readonly tfResourceType = "postgresql_replication_status";

  // ==============
  // STATIC Methods
  // ==============
  /**
   * Generates CDKTF code for importing a DataPostgresqlReplicationStatus resource upon running "cdktf plan <stack-name>"
   * @param scope The scope in which to define this construct
   * @param importToId The construct id used in the generated config for the DataPostgresqlReplicationStatus to import
   * @param importFromId The id of the existing DataPostgresqlReplicationStatus that should be imported. Refer to the import section in the documentation of this resource for the id to use
   * @param provider Optional instance of the provider where the DataPostgresqlReplicationStatus to import is found
   */
  public static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: cdktf.TerraformProvider,
  ) {
    return new cdktf.ImportableResource(scope, importToId, {
      terraformResourceType: "postgresql_replication_status",
      importId: importFromId,
      provider,
    } as cdktf.IImportableConfig);
  }

  // ===========
  // INITIALIZER
  // ===========

  /**
   * Create a new postgresql_replication_status Data Source
   *
   * @param scope The scope in which to define this construct
   * @param id The scoped construct ID. Must be unique amongst siblings in the same scope
   * @param config DataPostgresqlReplicationStatusConfig = {}
   */
  public constructor(scope: Construct, id: string, config: DataPostgresqlReplicationStatusConfig = {}) {
    super(scope, id, {
      terraformResourceType: "postgresql_replication_status",
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
    this._database = config.database;
    this._id = config.id;
    this._slotName = config.slotName;
    this._subscription = config.subscription;
    this._timeouts.internalValue = config.timeouts;
  }

  // ==========
  // ATTRIBUTES
  // ==========

  // active - computed: true, optional: false, required: false
  public get active() {
    return this.getBooleanAttribute("active");
  }

  // apply_error_count - computed: true, optional: false, required: false
  public get applyErrorCount() {
    return this.getNumberAttribute("apply_error_count");
  }

  // confirmed_flush_lsn - computed: true, optional: false, required: false
  public get confirmedFlushLsn() {
    return this.getStringAttribute("confirmed_flush_lsn");
  }

  // consumer_application_name - computed: true, optional: false, required: false
  public get consumerApplicationName() {
    return this.getStringAttribute("consumer_application_name");
  }

  // consumer_state - computed: true, optional: false, required: false
  public get consumerState() {
    return this.getStringAttribute("consumer_state");
  }

  // database - computed: true, optional: true, required: false
  private _database?: string | undefined;
  public get database() {
    return this.getStringAttribute("database");
  }
  public set database(value: string) {
    this._database = value;
  }
  public resetDatabase() {
    this._database = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get databaseInput() {
    return this._database;
  }

  // enabled - computed: true, optional: false, required: false
  public get enabled() {
    return this.getBooleanAttribute("enabled");
  }

  // exists - computed: true, optional: false, required: false
  public get exists() {
    return this.getBooleanAttribute("exists");
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

  // initial_sync_done - computed: true, optional: false, required: false
  public get initialSyncDone() {
    return this.getBooleanAttribute("initial_sync_done");
  }

  // lag_bytes - computed: true, optional: false, required: false
  public get lagBytes() {
    return this.getNumberAttribute("lag_bytes");
  }

  // latest_end_lsn - computed: true, optional: false, required: false
  public get latestEndLsn() {
    return this.getStringAttribute("latest_end_lsn");
  }

  // latest_end_time - computed: true, optional: false, required: false
  public get latestEndTime() {
    return this.getStringAttribute("latest_end_time");
  }

  // plugin - computed: true, optional: false, required: false
  public get plugin() {
    return this.getStringAttribute("plugin");
  }

  // received_lsn - computed: true, optional: false, required: false
  public get receivedLsn() {
    return this.getStringAttribute("received_lsn");
  }

  // restart_lsn - computed: true, optional: false, required: false
  public get restartLsn() {
    return this.getStringAttribute("restart_lsn");
  }

  // retained_wal_bytes - computed: true, optional: false, required: false
  public get retainedWalBytes() {
    return this.getNumberAttribute("retained_wal_bytes");
  }

  // safe_wal_size_bytes - computed: true, optional: false, required: false
  public get safeWalSizeBytes() {
    return this.getNumberAttribute("safe_wal_size_bytes");
  }

  // slot_name - computed: false, optional: true, required: false
  private _slotName?: string | undefined;
  public get slotName() {
    return this.getStringAttribute("slot_name");
  }
  public set slotName(value: string) {
    this._slotName = value;
  }
  public resetSlotName() {
    this._slotName = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get slotNameInput() {
    return this._slotName;
  }

  // subscription - computed: false, optional: true, required: false
  private _subscription?: string | undefined;
  public get subscription() {
    return this.getStringAttribute("subscription");
  }
  public set subscription(value: string) {
    this._subscription = value;
  }
  public resetSubscription() {
    this._subscription = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get subscriptionInput() {
    return this._subscription;
  }

  // sync_error_count - computed: true, optional: false, required: false
  public get syncErrorCount() {
    return this.getNumberAttribute("sync_error_count");
  }

  // tables - computed: true, optional: false, required: false
  private _tables = new DataPostgresqlReplicationStatusTablesList(this, "tables", false);
  public get tables() {
    return this._tables;
  }

  // wal_status - computed: true, optional: false, required: false
  public get walStatus() {
    return this.getStringAttribute("wal_status");
  }

  // worker_running - computed: true, optional: false, required: false
  public get workerRunning() {
    return this.getBooleanAttribute("worker_running");
  }

  // timeouts - computed: false, optional: true, required: false
  private _timeouts = new DataPostgresqlReplicationStatusTimeoutsOutputReference(this, "timeouts");
  public get timeouts() {
    return this._timeouts;
  }
  public putTimeouts(value: DataPostgresqlReplicationStatusTimeouts) {
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
      database: cdktf.stringToTerraform(this._database),
      id: cdktf.stringToTerraform(this._id),
      slot_name: cdktf.stringToTerraform(this._slotName),
      subscription: cdktf.stringToTerraform(this._subscription),
      timeouts: dataPostgresqlReplicationStatusTimeoutsToTerraform(this._timeouts.internalValue),
    };
  }

  protected override synthesizeHclAttributes(): { [name: string]: any } {
    const attrs = {
      database: {
        value: cdktf.stringToHclTerraform(this._database),
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
      slot_name: {
        value: cdktf.stringToHclTerraform(this._slotName),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      subscription: {
        value: cdktf.stringToHclTerraform(this._subscription),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      timeouts: {
        value: dataPostgresqlReplicationStatusTimeoutsToHclTerraform(this._timeouts.internalValue),
        isBlock: true,
        type: "struct",
        storageClassType: "DataPostgresqlReplicationStatusTimeouts",
      },
    };

    // remove undefined attributes
    return Object.fromEntries(
      Object.entries(attrs).filter(([_, value]) => value !== undefined && value.value !== undefined),
    );
  }
}
