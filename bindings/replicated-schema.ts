// Generated from the provider's schema by npm run generate:bindings; not to be edited.

import { Construct } from "constructs";
import * as cdktf from "cdktf";

// Configuration

/** The arguments of `ReplicatedSchema`. */
export interface ReplicatedSchemaConfig extends cdktf.TerraformMetaArguments {
  /**
   * libpq connection string with which the provider connects to the publisher: `host=… port=… dbname=… user=…` or `postgresql://…`. The user requires only the CONNECT privilege on the database. The state contains the string, so set the password in `password_wo`. Add `connect_timeout=10` to report an unreachable publisher sooner.
   */
  readonly conninfo: string;
  /**
   * Database of the object (default: the provider's `database`). If it refers to a `postgresql_database` with the same provider configuration, renaming that database keeps the object. Changing it replaces the object.
   */
  readonly database?: string | undefined;
  /**
   * Whether destroy drops the tables in `created_tables`, with their rows and the sequences that they own (default: `false`). Destroy never drops schemas and types.
   */
  readonly dropOnDestroy?: boolean | cdktf.IResolvable | undefined;
  /**
   * ID of the object. Set by the provider.
   */
  readonly id?: string | undefined;
  /**
   * Password for the connection to the publisher. Not stored in the state or in a plan. Requires Terraform 1.11 or later.
   */
  readonly passwordWo?: string | undefined;
  /**
   * Arbitrary version string. Change it together with `password_wo`.
   */
  readonly passwordWoVersion?: string | undefined;
  /**
   * Publications whose tables to create. If they publish more tables later, the next plan adds these in place. A table that is no longer published stays at the subscriber.
   */
  readonly publications: string[];
  /**
   * Arbitrary values. When they change, the next apply reads the published tables again. If the same configuration manages the publication, set this to the values from which its list of tables is built: the apply that adds tables to the publication then also creates them. Otherwise the following apply creates them.
   */
  readonly refreshTriggers?: { [key: string]: string } | undefined;
  /**
   * timeouts block
   */
  readonly timeouts?: ReplicatedSchemaTimeouts | undefined;
}
/** A block or an object of it. */
export interface ReplicatedSchemaTimeouts {
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

export function replicatedSchemaTimeoutsToTerraform(
  struct?: ReplicatedSchemaTimeouts | cdktf.IResolvable,
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

export function replicatedSchemaTimeoutsToHclTerraform(
  struct?: ReplicatedSchemaTimeouts | cdktf.IResolvable,
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
export class ReplicatedSchemaTimeoutsOutputReference extends cdktf.ComplexObject {
  private isEmptyObject = false;
  private resolvableValue?: cdktf.IResolvable | undefined;

  /**
   * @param terraformResource The parent resource
   * @param terraformAttribute The attribute on the parent resource this class is referencing
   */
  public constructor(terraformResource: cdktf.IInterpolatingParent, terraformAttribute: string) {
    super(terraformResource, terraformAttribute, false);
  }

  public get internalValue(): ReplicatedSchemaTimeouts | cdktf.IResolvable | undefined {
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

  public set internalValue(value: ReplicatedSchemaTimeouts | cdktf.IResolvable | undefined) {
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
 * Represents a postgresql_replicated_schema
 */
export class ReplicatedSchema extends cdktf.TerraformResource {
  // =================
  // STATIC PROPERTIES
  // =================
  /** The type's name in Terraform. */
  public static readonly tfResourceType = "postgresql_replicated_schema";

  // ==============
  // STATIC Methods
  // ==============
  /**
   * Generates CDKTF code for importing a ReplicatedSchema resource upon running "cdktf plan <stack-name>"
   * @param scope The scope in which to define this construct
   * @param importToId The construct id used in the generated config for the ReplicatedSchema to import
   * @param importFromId The id of the existing ReplicatedSchema that should be imported. Refer to the import section in the documentation of this resource for the id to use
   * @param provider Optional instance of the provider where the ReplicatedSchema to import is found
   */
  public static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: cdktf.TerraformProvider,
  ) {
    return new cdktf.ImportableResource(scope, importToId, {
      terraformResourceType: "postgresql_replicated_schema",
      importId: importFromId,
      provider,
    } as cdktf.IImportableConfig);
  }

  // ===========
  // INITIALIZER
  // ===========

  /**
   * Create a new postgresql_replicated_schema Resource
   *
   * @param scope The scope in which to define this construct
   * @param id The scoped construct ID. Must be unique amongst siblings in the same scope
   * @param config ReplicatedSchemaConfig
   */
  public constructor(scope: Construct, id: string, config: ReplicatedSchemaConfig) {
    super(scope, id, {
      terraformResourceType: "postgresql_replicated_schema",
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
    this._conninfo = config.conninfo;
    this._database = config.database;
    this._dropOnDestroy = config.dropOnDestroy;
    this._id = config.id;
    this._passwordWo = config.passwordWo;
    this._passwordWoVersion = config.passwordWoVersion;
    this._publications = config.publications;
    this._refreshTriggers = config.refreshTriggers;
    this._timeouts.internalValue = config.timeouts;
  }

  // ==========
  // ATTRIBUTES
  // ==========

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

  // created_tables - computed: true, optional: false, required: false
  public get createdTables() {
    return cdktf.Fn.tolist(this.getListAttribute("created_tables"));
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

  // drop_on_destroy - computed: true, optional: true, required: false
  private _dropOnDestroy?: boolean | cdktf.IResolvable | undefined;
  public get dropOnDestroy() {
    return this.getBooleanAttribute("drop_on_destroy");
  }
  public set dropOnDestroy(value: boolean | cdktf.IResolvable) {
    this._dropOnDestroy = value;
  }
  public resetDropOnDestroy() {
    this._dropOnDestroy = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get dropOnDestroyInput() {
    return this._dropOnDestroy;
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

  // tables - computed: true, optional: false, required: false
  public get tables() {
    return this.getListAttribute("tables");
  }

  // timeouts - computed: false, optional: true, required: false
  private _timeouts = new ReplicatedSchemaTimeoutsOutputReference(this, "timeouts");
  public get timeouts() {
    return this._timeouts;
  }
  public putTimeouts(value: ReplicatedSchemaTimeouts) {
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
      conninfo: cdktf.stringToTerraform(this._conninfo),
      database: cdktf.stringToTerraform(this._database),
      drop_on_destroy: cdktf.booleanToTerraform(this._dropOnDestroy),
      id: cdktf.stringToTerraform(this._id),
      password_wo: cdktf.stringToTerraform(this._passwordWo),
      password_wo_version: cdktf.stringToTerraform(this._passwordWoVersion),
      publications: cdktf.listMapper(cdktf.stringToTerraform, false)(this._publications),
      refresh_triggers: cdktf.hashMapper(cdktf.stringToTerraform)(this._refreshTriggers),
      timeouts: replicatedSchemaTimeoutsToTerraform(this._timeouts.internalValue),
    };
  }

  protected override synthesizeHclAttributes(): { [name: string]: any } {
    const attrs = {
      conninfo: {
        value: cdktf.stringToHclTerraform(this._conninfo),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      database: {
        value: cdktf.stringToHclTerraform(this._database),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      drop_on_destroy: {
        value: cdktf.booleanToHclTerraform(this._dropOnDestroy),
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
      refresh_triggers: {
        value: cdktf.hashMapperHcl(cdktf.stringToHclTerraform)(this._refreshTriggers),
        isBlock: false,
        type: "map",
        storageClassType: "stringMap",
      },
      timeouts: {
        value: replicatedSchemaTimeoutsToHclTerraform(this._timeouts.internalValue),
        isBlock: true,
        type: "struct",
        storageClassType: "ReplicatedSchemaTimeouts",
      },
    };

    // remove undefined attributes
    return Object.fromEntries(
      Object.entries(attrs).filter(([_, value]) => value !== undefined && value.value !== undefined),
    );
  }
}
