// Generated from the provider's schema by npm run generate:bindings; not to be edited.

import { Construct } from "constructs";
import * as cdktf from "cdktf";

// Configuration

/** The arguments of `Server`. */
export interface ServerConfig extends cdktf.TerraformMetaArguments {
  /**
   * Database of the object (default: the provider's `database`). If it refers to a `postgresql_database` with the same provider configuration, renaming that database keeps the object. Changing it replaces the object.
   */
  readonly database?: string | undefined;
  /**
   * Whether destroy also drops the user mappings and foreign tables of the server. Default: `false`, which fails while any exist.
   */
  readonly dropCascade?: boolean | cdktf.IResolvable | undefined;
  /**
   * Name of the foreign-data wrapper, such as `postgres_fdw`. Changing it replaces the object.
   */
  readonly fdwName: string;
  /**
   * ID of the object. Set by the provider.
   */
  readonly id?: string | undefined;
  /**
   * Options of the server, such as `host` and `dbname`. The foreign-data wrapper defines their names and checks them. Changed in place; options that are not listed are removed.
   */
  readonly options?: { [key: string]: string } | undefined;
  /**
   * Name of the foreign server. Renamed in place.
   */
  readonly serverName: string;
  /**
   * Role that owns the foreign server. Default: the provider's user. Changed in place. The role needs the `USAGE` privilege on the foreign-data wrapper.
   */
  readonly serverOwner?: string | undefined;
  /**
   * Type of the server. Only some foreign-data wrappers use it. Changing it replaces the object.
   */
  readonly serverType?: string | undefined;
  /**
   * Version of the server. Only some foreign-data wrappers use it. Changed in place.
   */
  readonly serverVersion?: string | undefined;
  /**
   * timeouts block
   */
  readonly timeouts?: ServerTimeouts | undefined;
}
/** A block or an object of it. */
export interface ServerTimeouts {
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

export function serverTimeoutsToTerraform(struct?: ServerTimeouts | cdktf.IResolvable): any {
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

export function serverTimeoutsToHclTerraform(struct?: ServerTimeouts | cdktf.IResolvable): any {
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
export class ServerTimeoutsOutputReference extends cdktf.ComplexObject {
  private isEmptyObject = false;
  private resolvableValue?: cdktf.IResolvable | undefined;

  /**
   * @param terraformResource The parent resource
   * @param terraformAttribute The attribute on the parent resource this class is referencing
   */
  public constructor(terraformResource: cdktf.IInterpolatingParent, terraformAttribute: string) {
    super(terraformResource, terraformAttribute, false);
  }

  public get internalValue(): ServerTimeouts | cdktf.IResolvable | undefined {
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

  public set internalValue(value: ServerTimeouts | cdktf.IResolvable | undefined) {
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
 * Represents a postgresql_server
 */
export class Server extends cdktf.TerraformResource {
  // =================
  // STATIC PROPERTIES
  // =================
  /** The type's name in Terraform. */
  public static readonly tfResourceType = "postgresql_server";

  // ==============
  // STATIC Methods
  // ==============
  /**
   * Generates CDKTF code for importing a Server resource upon running "cdktf plan <stack-name>"
   * @param scope The scope in which to define this construct
   * @param importToId The construct id used in the generated config for the Server to import
   * @param importFromId The id of the existing Server that should be imported. Refer to the import section in the documentation of this resource for the id to use
   * @param provider Optional instance of the provider where the Server to import is found
   */
  public static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: cdktf.TerraformProvider,
  ) {
    return new cdktf.ImportableResource(scope, importToId, {
      terraformResourceType: "postgresql_server",
      importId: importFromId,
      provider,
    } as cdktf.IImportableConfig);
  }

  // ===========
  // INITIALIZER
  // ===========

  /**
   * Create a new postgresql_server Resource
   *
   * @param scope The scope in which to define this construct
   * @param id The scoped construct ID. Must be unique amongst siblings in the same scope
   * @param config ServerConfig
   */
  public constructor(scope: Construct, id: string, config: ServerConfig) {
    super(scope, id, {
      terraformResourceType: "postgresql_server",
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
    this._dropCascade = config.dropCascade;
    this._fdwName = config.fdwName;
    this._id = config.id;
    this._options = config.options;
    this._serverName = config.serverName;
    this._serverOwner = config.serverOwner;
    this._serverType = config.serverType;
    this._serverVersion = config.serverVersion;
    this._timeouts.internalValue = config.timeouts;
  }

  // ==========
  // ATTRIBUTES
  // ==========

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

  // drop_cascade - computed: true, optional: true, required: false
  private _dropCascade?: boolean | cdktf.IResolvable | undefined;
  public get dropCascade() {
    return this.getBooleanAttribute("drop_cascade");
  }
  public set dropCascade(value: boolean | cdktf.IResolvable) {
    this._dropCascade = value;
  }
  public resetDropCascade() {
    this._dropCascade = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get dropCascadeInput() {
    return this._dropCascade;
  }

  // fdw_name - computed: false, optional: false, required: true
  private _fdwName?: string | undefined;
  public get fdwName() {
    return this.getStringAttribute("fdw_name");
  }
  public set fdwName(value: string) {
    this._fdwName = value;
  }
  // Temporarily expose input value. Use with caution.
  public get fdwNameInput() {
    return this._fdwName;
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

  // options - computed: true, optional: true, required: false
  private _options?: { [key: string]: string } | undefined;
  public get options() {
    return this.getStringMapAttribute("options");
  }
  public set options(value: { [key: string]: string }) {
    this._options = value;
  }
  public resetOptions() {
    this._options = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get optionsInput() {
    return this._options;
  }

  // server_name - computed: false, optional: false, required: true
  private _serverName?: string | undefined;
  public get serverName() {
    return this.getStringAttribute("server_name");
  }
  public set serverName(value: string) {
    this._serverName = value;
  }
  // Temporarily expose input value. Use with caution.
  public get serverNameInput() {
    return this._serverName;
  }

  // server_owner - computed: true, optional: true, required: false
  private _serverOwner?: string | undefined;
  public get serverOwner() {
    return this.getStringAttribute("server_owner");
  }
  public set serverOwner(value: string) {
    this._serverOwner = value;
  }
  public resetServerOwner() {
    this._serverOwner = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get serverOwnerInput() {
    return this._serverOwner;
  }

  // server_type - computed: true, optional: true, required: false
  private _serverType?: string | undefined;
  public get serverType() {
    return this.getStringAttribute("server_type");
  }
  public set serverType(value: string) {
    this._serverType = value;
  }
  public resetServerType() {
    this._serverType = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get serverTypeInput() {
    return this._serverType;
  }

  // server_version - computed: true, optional: true, required: false
  private _serverVersion?: string | undefined;
  public get serverVersion() {
    return this.getStringAttribute("server_version");
  }
  public set serverVersion(value: string) {
    this._serverVersion = value;
  }
  public resetServerVersion() {
    this._serverVersion = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get serverVersionInput() {
    return this._serverVersion;
  }

  // timeouts - computed: false, optional: true, required: false
  private _timeouts = new ServerTimeoutsOutputReference(this, "timeouts");
  public get timeouts() {
    return this._timeouts;
  }
  public putTimeouts(value: ServerTimeouts) {
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
      drop_cascade: cdktf.booleanToTerraform(this._dropCascade),
      fdw_name: cdktf.stringToTerraform(this._fdwName),
      id: cdktf.stringToTerraform(this._id),
      options: cdktf.hashMapper(cdktf.stringToTerraform)(this._options),
      server_name: cdktf.stringToTerraform(this._serverName),
      server_owner: cdktf.stringToTerraform(this._serverOwner),
      server_type: cdktf.stringToTerraform(this._serverType),
      server_version: cdktf.stringToTerraform(this._serverVersion),
      timeouts: serverTimeoutsToTerraform(this._timeouts.internalValue),
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
      drop_cascade: {
        value: cdktf.booleanToHclTerraform(this._dropCascade),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
      fdw_name: {
        value: cdktf.stringToHclTerraform(this._fdwName),
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
      options: {
        value: cdktf.hashMapperHcl(cdktf.stringToHclTerraform)(this._options),
        isBlock: false,
        type: "map",
        storageClassType: "stringMap",
      },
      server_name: {
        value: cdktf.stringToHclTerraform(this._serverName),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      server_owner: {
        value: cdktf.stringToHclTerraform(this._serverOwner),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      server_type: {
        value: cdktf.stringToHclTerraform(this._serverType),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      server_version: {
        value: cdktf.stringToHclTerraform(this._serverVersion),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      timeouts: {
        value: serverTimeoutsToHclTerraform(this._timeouts.internalValue),
        isBlock: true,
        type: "struct",
        storageClassType: "ServerTimeouts",
      },
    };

    // remove undefined attributes
    return Object.fromEntries(
      Object.entries(attrs).filter(([_, value]) => value !== undefined && value.value !== undefined),
    );
  }
}
