// Generated from the provider's schema by npm run generate:bindings; not to be edited.

import { Construct } from "constructs";
import * as cdktf from "cdktf";

// Configuration

/** The arguments of `Subscription`. */
export interface SubscriptionConfig extends cdktf.TerraformMetaArguments {
  /**
   * Whether values travel in binary form (server default: `false`). Needs PostgreSQL 14 or later; the first copy is binary from 16 on.
   */
  readonly binary?: boolean | cdktf.IResolvable | undefined;
  /**
   * Connection string with which the subscriber's server connects to the publisher, in libpq's format: `host=… port=… dbname=… user=…` or `postgresql://…`. Terraform stores it in the state, so put the password into `password_wo` instead. Changed in place; a publisher without the subscription's slot is refused. `connect_timeout` (in seconds, default: 30) also limits how long an operation waits for an unreachable publisher.
   */
  readonly conninfo: string;
  /**
   * Whether existing rows of a table are copied when its replication begins (default: `true`). A plan that would copy rows into a table that already contains rows fails.
   */
  readonly copyData?: boolean | cdktf.IResolvable | undefined;
  /**
   * Whether Terraform creates the replication slot at the publisher with the subscription, and drops it with it (default: `true`). With `false`, the slot `slot_name` must exist, and it remains when the subscription is destroyed.
   */
  readonly createSlot?: boolean | cdktf.IResolvable | undefined;
  /**
   * Database of the object (default: the provider's `database`). If it refers to a `postgresql_database` with the same provider configuration, renaming that database keeps the object. Changing it replaces the object.
   */
  readonly database?: string | undefined;
  /**
   * Whether a destroy continues when the publisher cannot be reached (default: `false`, the destroy fails and changes nothing). With `true` the subscription is dropped and its replication slot remains at the publisher, where it retains WAL until someone drops it; a warning names it.
   */
  readonly detachIfUnreachable?: boolean | cdktf.IResolvable | undefined;
  /**
   * Whether the subscription disables itself when its worker fails (server default: `false`). A lost connection counts as a failure: a network failure or a restart of the publisher also disables the subscription, and it stays disabled until the next apply. Requires PostgreSQL 15 or later.
   */
  readonly disableOnError?: boolean | cdktf.IResolvable | undefined;
  /**
   * Whether the subscription replicates (default: `true`). Changed in place.
   */
  readonly enabled?: boolean | cdktf.IResolvable | undefined;
  /**
   * Whether the slot is kept up to date on the publisher's standbys (server default: `false`). Needs PostgreSQL 17 or later. Altering it pauses the subscription for a moment.
   */
  readonly failover?: boolean | cdktf.IResolvable | undefined;
  /**
   * ID of the object. Set by the provider.
   */
  readonly id?: string | undefined;
  /**
   * Name of the subscription. Renamed in place.
   */
  readonly name: string;
  /**
   * How a plan reports that rows do not arrive and that Terraform cannot repair it: `warning` (default) or `error`. An error also stops `terraform destroy`, unless it runs with `-refresh=false`.
   */
  readonly onBroken?: string | undefined;
  /**
   * Which changes the publisher sends: `any`, or `none` for those only that it did not receive by replication itself (server default: `any`). Needs PostgreSQL 16 or later.
   */
  readonly origin?: string | undefined;
  /**
   * Role that owns the subscription (default: the provider's user). It needs LOGIN.
   */
  readonly owner?: string | undefined;
  /**
   * Whether the connection must authenticate with a password when the owner is no superuser (server default: `true`). Needs PostgreSQL 16 or later.
   */
  readonly passwordRequired?: boolean | cdktf.IResolvable | undefined;
  /**
   * Password for `conninfo`. Only the subscriber's server stores it. Requires Terraform 1.11 or later.
   */
  readonly passwordWo?: string | undefined;
  /**
   * Version of `password_wo`, as any string. Change this value to write `password_wo` to the subscription again. No row is copied again.
   */
  readonly passwordWoVersion?: string | undefined;
  /**
   * Publications to subscribe to. Changed in place: Terraform waits until the changes in flight have arrived, then the tables of an added publication are copied and all others continue.
   */
  readonly publications: string[];
  /**
   * The tables that the publications contain, as `schema.table` (default: Terraform asks the publisher). Set it to the `tables` of the `postgresql_publication` when the same configuration creates the publication: the plan can then check these tables for existing rows, and a new table is added in the same apply.
   */
  readonly publishedTables?: string[] | undefined;
  /**
   * Connection string with which Terraform itself connects to the publisher (default: `conninfo`), for a publisher that this machine reaches under another address than the subscriber's server. `password_wo` is used for it too, unless it contains a password.
   */
  readonly publisherConninfo?: string | undefined;
  /**
   * Arbitrary values. When one changes, the apply looks for tables that the publications have gained or lost. Terraform also looks by itself whenever it can reach the publisher.
   */
  readonly refreshTriggers?: { [key: string]: string } | undefined;
  /**
   * Whether changes are applied as the subscription's owner instead of the table's (server default: `false`). Needs PostgreSQL 16 or later.
   */
  readonly runAsOwner?: boolean | cdktf.IResolvable | undefined;
  /**
   * Name of the replication slot at the publisher (default: the subscription's name). Changed in place without losing or repeating a change: with `create_slot = true` Terraform creates the new slot and drops the old one; with `false` the new slot must exist.
   */
  readonly slotName?: string | undefined;
  /**
   * Whether transactions are sent while they are in progress: `off`, `on` (PostgreSQL 14 or later) or `parallel` (16 or later). The server's default is `off`, from 18 on `parallel`.
   */
  readonly streaming?: string | undefined;
  /**
   * The `synchronous_commit` of the subscription's workers (server default: `off`).
   */
  readonly synchronousCommit?: string | undefined;
  /**
   * Whether prepared transactions are sent when they are prepared (server default: `false`). Needs PostgreSQL 15 or later; altered in place from 18 on.
   */
  readonly twoPhase?: boolean | cdktf.IResolvable | undefined;
  /**
   * timeouts block
   */
  readonly timeouts?: SubscriptionTimeouts | undefined;
}
/** A block or an object of it. */
export interface SubscriptionTimeouts {
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

export function subscriptionTimeoutsToTerraform(struct?: SubscriptionTimeouts | cdktf.IResolvable): any {
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

export function subscriptionTimeoutsToHclTerraform(struct?: SubscriptionTimeouts | cdktf.IResolvable): any {
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
export class SubscriptionTimeoutsOutputReference extends cdktf.ComplexObject {
  private isEmptyObject = false;
  private resolvableValue?: cdktf.IResolvable | undefined;

  /**
   * @param terraformResource The parent resource
   * @param terraformAttribute The attribute on the parent resource this class is referencing
   */
  public constructor(terraformResource: cdktf.IInterpolatingParent, terraformAttribute: string) {
    super(terraformResource, terraformAttribute, false);
  }

  public get internalValue(): SubscriptionTimeouts | cdktf.IResolvable | undefined {
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

  public set internalValue(value: SubscriptionTimeouts | cdktf.IResolvable | undefined) {
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
 * Represents a postgresql_subscription
 */
export class Subscription extends cdktf.TerraformResource {
  // =================
  // STATIC PROPERTIES
  // =================
  /** The type's name in Terraform. */
  public static readonly tfResourceType = "postgresql_subscription";

  // ==============
  // STATIC Methods
  // ==============
  /**
   * Generates CDKTF code for importing a Subscription resource upon running "cdktf plan <stack-name>"
   * @param scope The scope in which to define this construct
   * @param importToId The construct id used in the generated config for the Subscription to import
   * @param importFromId The id of the existing Subscription that should be imported. Refer to the import section in the documentation of this resource for the id to use
   * @param provider Optional instance of the provider where the Subscription to import is found
   */
  public static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: cdktf.TerraformProvider,
  ) {
    return new cdktf.ImportableResource(scope, importToId, {
      terraformResourceType: "postgresql_subscription",
      importId: importFromId,
      provider,
    } as cdktf.IImportableConfig);
  }

  // ===========
  // INITIALIZER
  // ===========

  /**
   * Create a new postgresql_subscription Resource
   *
   * @param scope The scope in which to define this construct
   * @param id The scoped construct ID. Must be unique amongst siblings in the same scope
   * @param config SubscriptionConfig
   */
  public constructor(scope: Construct, id: string, config: SubscriptionConfig) {
    super(scope, id, {
      terraformResourceType: "postgresql_subscription",
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
    this._binary = config.binary;
    this._conninfo = config.conninfo;
    this._copyData = config.copyData;
    this._createSlot = config.createSlot;
    this._database = config.database;
    this._detachIfUnreachable = config.detachIfUnreachable;
    this._disableOnError = config.disableOnError;
    this._enabled = config.enabled;
    this._failover = config.failover;
    this._id = config.id;
    this._name = config.name;
    this._onBroken = config.onBroken;
    this._origin = config.origin;
    this._owner = config.owner;
    this._passwordRequired = config.passwordRequired;
    this._passwordWo = config.passwordWo;
    this._passwordWoVersion = config.passwordWoVersion;
    this._publications = config.publications;
    this._publishedTables = config.publishedTables;
    this._publisherConninfo = config.publisherConninfo;
    this._refreshTriggers = config.refreshTriggers;
    this._runAsOwner = config.runAsOwner;
    this._slotName = config.slotName;
    this._streaming = config.streaming;
    this._synchronousCommit = config.synchronousCommit;
    this._twoPhase = config.twoPhase;
    this._timeouts.internalValue = config.timeouts;
  }

  // ==========
  // ATTRIBUTES
  // ==========

  // binary - computed: true, optional: true, required: false
  private _binary?: boolean | cdktf.IResolvable | undefined;
  public get binary() {
    return this.getBooleanAttribute("binary");
  }
  public set binary(value: boolean | cdktf.IResolvable) {
    this._binary = value;
  }
  public resetBinary() {
    this._binary = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get binaryInput() {
    return this._binary;
  }

  // conninfo - computed: false, optional: false, required: true
  private _conninfo?: string | undefined;
  public get conninfo() {
    return this.getStringAttribute("conninfo");
  }
  public set conninfo(value: string) {
    this._conninfo = value;
  }
  // Temporarily expose input value. Use with caution.
  public get conninfoInput() {
    return this._conninfo;
  }

  // copy_data - computed: true, optional: true, required: false
  private _copyData?: boolean | cdktf.IResolvable | undefined;
  public get copyData() {
    return this.getBooleanAttribute("copy_data");
  }
  public set copyData(value: boolean | cdktf.IResolvable) {
    this._copyData = value;
  }
  public resetCopyData() {
    this._copyData = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get copyDataInput() {
    return this._copyData;
  }

  // create_slot - computed: true, optional: true, required: false
  private _createSlot?: boolean | cdktf.IResolvable | undefined;
  public get createSlot() {
    return this.getBooleanAttribute("create_slot");
  }
  public set createSlot(value: boolean | cdktf.IResolvable) {
    this._createSlot = value;
  }
  public resetCreateSlot() {
    this._createSlot = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get createSlotInput() {
    return this._createSlot;
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

  // detach_if_unreachable - computed: true, optional: true, required: false
  private _detachIfUnreachable?: boolean | cdktf.IResolvable | undefined;
  public get detachIfUnreachable() {
    return this.getBooleanAttribute("detach_if_unreachable");
  }
  public set detachIfUnreachable(value: boolean | cdktf.IResolvable) {
    this._detachIfUnreachable = value;
  }
  public resetDetachIfUnreachable() {
    this._detachIfUnreachable = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get detachIfUnreachableInput() {
    return this._detachIfUnreachable;
  }

  // disable_on_error - computed: true, optional: true, required: false
  private _disableOnError?: boolean | cdktf.IResolvable | undefined;
  public get disableOnError() {
    return this.getBooleanAttribute("disable_on_error");
  }
  public set disableOnError(value: boolean | cdktf.IResolvable) {
    this._disableOnError = value;
  }
  public resetDisableOnError() {
    this._disableOnError = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get disableOnErrorInput() {
    return this._disableOnError;
  }

  // enabled - computed: true, optional: true, required: false
  private _enabled?: boolean | cdktf.IResolvable | undefined;
  public get enabled() {
    return this.getBooleanAttribute("enabled");
  }
  public set enabled(value: boolean | cdktf.IResolvable) {
    this._enabled = value;
  }
  public resetEnabled() {
    this._enabled = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get enabledInput() {
    return this._enabled;
  }

  // failover - computed: true, optional: true, required: false
  private _failover?: boolean | cdktf.IResolvable | undefined;
  public get failover() {
    return this.getBooleanAttribute("failover");
  }
  public set failover(value: boolean | cdktf.IResolvable) {
    this._failover = value;
  }
  public resetFailover() {
    this._failover = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get failoverInput() {
    return this._failover;
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

  // name - computed: false, optional: false, required: true
  private _name?: string | undefined;
  public get name() {
    return this.getStringAttribute("name");
  }
  public set name(value: string) {
    this._name = value;
  }
  // Temporarily expose input value. Use with caution.
  public get nameInput() {
    return this._name;
  }

  // on_broken - computed: true, optional: true, required: false
  private _onBroken?: string | undefined;
  public get onBroken() {
    return this.getStringAttribute("on_broken");
  }
  public set onBroken(value: string) {
    this._onBroken = value;
  }
  public resetOnBroken() {
    this._onBroken = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get onBrokenInput() {
    return this._onBroken;
  }

  // origin - computed: true, optional: true, required: false
  private _origin?: string | undefined;
  public get origin() {
    return this.getStringAttribute("origin");
  }
  public set origin(value: string) {
    this._origin = value;
  }
  public resetOrigin() {
    this._origin = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get originInput() {
    return this._origin;
  }

  // owner - computed: true, optional: true, required: false
  private _owner?: string | undefined;
  public get owner() {
    return this.getStringAttribute("owner");
  }
  public set owner(value: string) {
    this._owner = value;
  }
  public resetOwner() {
    this._owner = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get ownerInput() {
    return this._owner;
  }

  // password_required - computed: true, optional: true, required: false
  private _passwordRequired?: boolean | cdktf.IResolvable | undefined;
  public get passwordRequired() {
    return this.getBooleanAttribute("password_required");
  }
  public set passwordRequired(value: boolean | cdktf.IResolvable) {
    this._passwordRequired = value;
  }
  public resetPasswordRequired() {
    this._passwordRequired = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get passwordRequiredInput() {
    return this._passwordRequired;
  }

  // password_wo - computed: false, optional: true, required: false
  private _passwordWo?: string | undefined;
  public get passwordWo() {
    return this.getStringAttribute("password_wo");
  }
  public set passwordWo(value: string) {
    this._passwordWo = value;
  }
  public resetPasswordWo() {
    this._passwordWo = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get passwordWoInput() {
    return this._passwordWo;
  }

  // password_wo_version - computed: false, optional: true, required: false
  private _passwordWoVersion?: string | undefined;
  public get passwordWoVersion() {
    return this.getStringAttribute("password_wo_version");
  }
  public set passwordWoVersion(value: string) {
    this._passwordWoVersion = value;
  }
  public resetPasswordWoVersion() {
    this._passwordWoVersion = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get passwordWoVersionInput() {
    return this._passwordWoVersion;
  }

  // publications - computed: false, optional: false, required: true
  private _publications?: string[] | undefined;
  public get publications() {
    return cdktf.Fn.tolist(this.getListAttribute("publications"));
  }
  public set publications(value: string[]) {
    this._publications = value;
  }
  // Temporarily expose input value. Use with caution.
  public get publicationsInput() {
    return this._publications;
  }

  // published_tables - computed: false, optional: true, required: false
  private _publishedTables?: string[] | undefined;
  public get publishedTables() {
    return cdktf.Fn.tolist(this.getListAttribute("published_tables"));
  }
  public set publishedTables(value: string[]) {
    this._publishedTables = value;
  }
  public resetPublishedTables() {
    this._publishedTables = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get publishedTablesInput() {
    return this._publishedTables;
  }

  // publisher_conninfo - computed: false, optional: true, required: false
  private _publisherConninfo?: string | undefined;
  public get publisherConninfo() {
    return this.getStringAttribute("publisher_conninfo");
  }
  public set publisherConninfo(value: string) {
    this._publisherConninfo = value;
  }
  public resetPublisherConninfo() {
    this._publisherConninfo = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get publisherConninfoInput() {
    return this._publisherConninfo;
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

  // run_as_owner - computed: true, optional: true, required: false
  private _runAsOwner?: boolean | cdktf.IResolvable | undefined;
  public get runAsOwner() {
    return this.getBooleanAttribute("run_as_owner");
  }
  public set runAsOwner(value: boolean | cdktf.IResolvable) {
    this._runAsOwner = value;
  }
  public resetRunAsOwner() {
    this._runAsOwner = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get runAsOwnerInput() {
    return this._runAsOwner;
  }

  // slot_name - computed: true, optional: true, required: false
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

  // streaming - computed: true, optional: true, required: false
  private _streaming?: string | undefined;
  public get streaming() {
    return this.getStringAttribute("streaming");
  }
  public set streaming(value: string) {
    this._streaming = value;
  }
  public resetStreaming() {
    this._streaming = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get streamingInput() {
    return this._streaming;
  }

  // synchronous_commit - computed: true, optional: true, required: false
  private _synchronousCommit?: string | undefined;
  public get synchronousCommit() {
    return this.getStringAttribute("synchronous_commit");
  }
  public set synchronousCommit(value: string) {
    this._synchronousCommit = value;
  }
  public resetSynchronousCommit() {
    this._synchronousCommit = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get synchronousCommitInput() {
    return this._synchronousCommit;
  }

  // tables - computed: true, optional: false, required: false
  public get tables() {
    return this.getListAttribute("tables");
  }

  // two_phase - computed: true, optional: true, required: false
  private _twoPhase?: boolean | cdktf.IResolvable | undefined;
  public get twoPhase() {
    return this.getBooleanAttribute("two_phase");
  }
  public set twoPhase(value: boolean | cdktf.IResolvable) {
    this._twoPhase = value;
  }
  public resetTwoPhase() {
    this._twoPhase = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get twoPhaseInput() {
    return this._twoPhase;
  }

  // timeouts - computed: false, optional: true, required: false
  private _timeouts = new SubscriptionTimeoutsOutputReference(this, "timeouts");
  public get timeouts() {
    return this._timeouts;
  }
  public putTimeouts(value: SubscriptionTimeouts) {
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
      binary: cdktf.booleanToTerraform(this._binary),
      conninfo: cdktf.stringToTerraform(this._conninfo),
      copy_data: cdktf.booleanToTerraform(this._copyData),
      create_slot: cdktf.booleanToTerraform(this._createSlot),
      database: cdktf.stringToTerraform(this._database),
      detach_if_unreachable: cdktf.booleanToTerraform(this._detachIfUnreachable),
      disable_on_error: cdktf.booleanToTerraform(this._disableOnError),
      enabled: cdktf.booleanToTerraform(this._enabled),
      failover: cdktf.booleanToTerraform(this._failover),
      id: cdktf.stringToTerraform(this._id),
      name: cdktf.stringToTerraform(this._name),
      on_broken: cdktf.stringToTerraform(this._onBroken),
      origin: cdktf.stringToTerraform(this._origin),
      owner: cdktf.stringToTerraform(this._owner),
      password_required: cdktf.booleanToTerraform(this._passwordRequired),
      password_wo: cdktf.stringToTerraform(this._passwordWo),
      password_wo_version: cdktf.stringToTerraform(this._passwordWoVersion),
      publications: cdktf.listMapper(cdktf.stringToTerraform, false)(this._publications),
      published_tables: cdktf.listMapper(cdktf.stringToTerraform, false)(this._publishedTables),
      publisher_conninfo: cdktf.stringToTerraform(this._publisherConninfo),
      refresh_triggers: cdktf.hashMapper(cdktf.stringToTerraform)(this._refreshTriggers),
      run_as_owner: cdktf.booleanToTerraform(this._runAsOwner),
      slot_name: cdktf.stringToTerraform(this._slotName),
      streaming: cdktf.stringToTerraform(this._streaming),
      synchronous_commit: cdktf.stringToTerraform(this._synchronousCommit),
      two_phase: cdktf.booleanToTerraform(this._twoPhase),
      timeouts: subscriptionTimeoutsToTerraform(this._timeouts.internalValue),
    };
  }

  protected override synthesizeHclAttributes(): { [name: string]: any } {
    const attrs = {
      binary: {
        value: cdktf.booleanToHclTerraform(this._binary),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
      conninfo: {
        value: cdktf.stringToHclTerraform(this._conninfo),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      copy_data: {
        value: cdktf.booleanToHclTerraform(this._copyData),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
      create_slot: {
        value: cdktf.booleanToHclTerraform(this._createSlot),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
      database: {
        value: cdktf.stringToHclTerraform(this._database),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      detach_if_unreachable: {
        value: cdktf.booleanToHclTerraform(this._detachIfUnreachable),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
      disable_on_error: {
        value: cdktf.booleanToHclTerraform(this._disableOnError),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
      enabled: {
        value: cdktf.booleanToHclTerraform(this._enabled),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
      failover: {
        value: cdktf.booleanToHclTerraform(this._failover),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
      id: {
        value: cdktf.stringToHclTerraform(this._id),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      name: {
        value: cdktf.stringToHclTerraform(this._name),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      on_broken: {
        value: cdktf.stringToHclTerraform(this._onBroken),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      origin: {
        value: cdktf.stringToHclTerraform(this._origin),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      owner: {
        value: cdktf.stringToHclTerraform(this._owner),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      password_required: {
        value: cdktf.booleanToHclTerraform(this._passwordRequired),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
      password_wo: {
        value: cdktf.stringToHclTerraform(this._passwordWo),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      password_wo_version: {
        value: cdktf.stringToHclTerraform(this._passwordWoVersion),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      publications: {
        value: cdktf.listMapperHcl(cdktf.stringToHclTerraform, false)(this._publications),
        isBlock: false,
        type: "set",
        storageClassType: "stringList",
      },
      published_tables: {
        value: cdktf.listMapperHcl(cdktf.stringToHclTerraform, false)(this._publishedTables),
        isBlock: false,
        type: "set",
        storageClassType: "stringList",
      },
      publisher_conninfo: {
        value: cdktf.stringToHclTerraform(this._publisherConninfo),
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
      run_as_owner: {
        value: cdktf.booleanToHclTerraform(this._runAsOwner),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
      slot_name: {
        value: cdktf.stringToHclTerraform(this._slotName),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      streaming: {
        value: cdktf.stringToHclTerraform(this._streaming),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      synchronous_commit: {
        value: cdktf.stringToHclTerraform(this._synchronousCommit),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      two_phase: {
        value: cdktf.booleanToHclTerraform(this._twoPhase),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
      timeouts: {
        value: subscriptionTimeoutsToHclTerraform(this._timeouts.internalValue),
        isBlock: true,
        type: "struct",
        storageClassType: "SubscriptionTimeouts",
      },
    };

    // remove undefined attributes
    return Object.fromEntries(
      Object.entries(attrs).filter(([_, value]) => value !== undefined && value.value !== undefined),
    );
  }
}
