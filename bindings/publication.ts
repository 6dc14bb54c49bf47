// Generated from the provider's schema by npm run generate:bindings; not to be edited.

import { Construct } from "constructs";
import * as cdktf from "cdktf";

// Configuration

/** The arguments of `Publication`. */
export interface PublicationConfig extends cdktf.TerraformMetaArguments {
  /**
   * Whether to publish all tables of the database, including future ones (default: `false`). Until a subscriber has such a future table, it stops at the first change of it. Requires a superuser. Changed in place: if the database has a replication slot for the plugin `pgoutput`, all writes to the database wait for a moment meanwhile, so that subscribers miss no row.
   */
  readonly allTables?: boolean | cdktf.IResolvable | undefined;
  /**
   * Whether to only warn about a table in `tables` or `table` that has no replica identity, while its updates or deletes are published (default: `false`: the plan fails). PostgreSQL refuses every UPDATE and DELETE on such a table. Set it to `true` for tables that only ever receive rows.
   */
  readonly allowMissingReplicaIdentity?: boolean | cdktf.IResolvable | undefined;
  /**
   * Database of the object (default: the provider's `database`). If it refers to a `postgresql_database` with the same provider configuration, renaming that database keeps the object. Changing it replaces the object.
   */
  readonly database?: string | undefined;
  /**
   * Whether to drop the publication although replication slots read it (default: `false`). By default, a destroy fails while a slot reads the publication, or is inactive and may need it; it waits for up to a minute until none does. With `true`, Terraform drops the publication at once, with `CASCADE`, and subscribers that use it miss changes.
   */
  readonly dropCascade?: boolean | cdktf.IResolvable | undefined;
  /**
   * ID of the object. Set by the provider.
   */
  readonly id?: string | undefined;
  /**
   * The publication's name. Renamed in place. If the database has a replication slot for the plugin `pgoutput`, the publication also remains under its former name, see `former_names`.
   */
  readonly name: string;
  /**
   * The role that owns the publication (default: the provider's user).
   */
  readonly owner?: string | undefined;
  /**
   * Which generated columns to publish where `columns` does not name any: `none` or `stored` (server default: `none`). Requires PostgreSQL 18 or later.
   */
  readonly publishGeneratedColumns?: string | undefined;
  /**
   * The operations to publish: some of `insert`, `update`, `delete` and `truncate` (default: all of them). `truncate` requires PostgreSQL 11 or later.
   */
  readonly publishParam?: string[] | undefined;
  /**
   * Whether to publish changes of a partition as changes of its partitioned table (default: `false`). Requires PostgreSQL 13 or later.
   */
  readonly publishViaPartitionRootParam?: boolean | cdktf.IResolvable | undefined;
  /**
   * Tables to publish with all of their columns and rows, as `schema.table`. Names are case-sensitive. Put a part that contains a dot in double quotes: `"my.schema".table`. Tables that inherit from a table are published with it. An empty set publishes nothing. To move a table to another publication of the same subscription, add it there and apply, then remove it here and apply again: in a single apply, rows that are written between the two changes are not replicated. Without `tables`, `table`, `tables_in_schema` and `all_tables = true`, whole tables that are published stay as they are. If updates or deletes are published, every table needs a replica identity, such as a primary key; see `allow_missing_replica_identity`.
   */
  readonly tables?: string[] | undefined;
  /**
   * Schemas whose tables to publish, all of them, including future ones (default: none). Until a subscriber has such a future table, it stops at the first change of it. Requires PostgreSQL 15 or later, and a superuser.
   */
  readonly tablesInSchema?: string[] | undefined;
  /**
   * table block
   */
  readonly table?: PublicationTable[] | cdktf.IResolvable | undefined;
  /**
   * timeouts block
   */
  readonly timeouts?: PublicationTimeouts | undefined;
}
/** A block or an object of it. */
export interface PublicationTable {
  /**
   * The columns to publish (default: all). If updates or deletes are published, they must include the columns of the replica identity. Not possible beside `tables_in_schema`. Two publications with different columns of the same table cannot share a subscription.
   */
  readonly columns?: string[] | undefined;
  /**
   * The table, as in `tables`.
   */
  readonly name: string;
  /**
   * The row filter: an SQL expression over the columns of one row, such as `country = 'DE' AND id > 100` (default: all rows). If updates or deletes are published, it may only use columns of the replica identity. It must not contain comments, dollar signs or semicolons outside of quotes.
   */
  readonly where?: string | undefined;
}

export function publicationTableToTerraform(struct?: PublicationTable | cdktf.IResolvable): any {
  if (!cdktf.canInspect(struct) || cdktf.Tokenization.isResolvable(struct)) {
    return struct;
  }
  if (cdktf.isComplexElement(struct)) {
    throw new Error(
      "A complex element was used as configuration, this is not supported: https://cdk.tf/complex-object-as-configuration",
    );
  }
  return {
    columns: cdktf.listMapper(cdktf.stringToTerraform, false)(struct!.columns),
    name: cdktf.stringToTerraform(struct!.name),
    where: cdktf.stringToTerraform(struct!.where),
  };
}

export function publicationTableToHclTerraform(struct?: PublicationTable | cdktf.IResolvable): any {
  if (!cdktf.canInspect(struct) || cdktf.Tokenization.isResolvable(struct)) {
    return struct;
  }
  if (cdktf.isComplexElement(struct)) {
    throw new Error(
      "A complex element was used as configuration, this is not supported: https://cdk.tf/complex-object-as-configuration",
    );
  }
  const attrs = {
    columns: {
      value: cdktf.listMapperHcl(cdktf.stringToHclTerraform, false)(struct!.columns),
      isBlock: false,
      type: "set",
      storageClassType: "stringList",
    },
    name: {
      value: cdktf.stringToHclTerraform(struct!.name),
      isBlock: false,
      type: "simple",
      storageClassType: "string",
    },
    where: {
      value: cdktf.stringToHclTerraform(struct!.where),
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
export class PublicationTableOutputReference extends cdktf.ComplexObject {
  private isEmptyObject = false;
  private resolvableValue?: cdktf.IResolvable | undefined;

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

  public get internalValue(): PublicationTable | cdktf.IResolvable | undefined {
    if (this.resolvableValue) {
      return this.resolvableValue;
    }
    let hasAnyValues = this.isEmptyObject;
    const internalValueResult: any = {};
    if (this._columns !== undefined) {
      hasAnyValues = true;
      internalValueResult.columns = this._columns;
    }
    if (this._name !== undefined) {
      hasAnyValues = true;
      internalValueResult.name = this._name;
    }
    if (this._where !== undefined) {
      hasAnyValues = true;
      internalValueResult.where = this._where;
    }
    return hasAnyValues ? internalValueResult : undefined;
  }

  public set internalValue(value: PublicationTable | cdktf.IResolvable | undefined) {
    if (value === undefined) {
      this.isEmptyObject = false;
      this.resolvableValue = undefined;
      this._columns = undefined;
      this._name = undefined;
      this._where = undefined;
    } else if (cdktf.Tokenization.isResolvable(value)) {
      this.isEmptyObject = false;
      this.resolvableValue = value;
    } else {
      this.isEmptyObject = Object.keys(value).length === 0;
      this.resolvableValue = undefined;
      this._columns = value.columns;
      this._name = value.name;
      this._where = value.where;
    }
  }

  // columns - computed: false, optional: true, required: false
  private _columns?: string[] | undefined;
  public get columns() {
    return cdktf.Fn.tolist(this.getListAttribute("columns"));
  }
  public set columns(value: string[]) {
    this._columns = value;
  }
  public resetColumns() {
    this._columns = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get columnsInput() {
    return this._columns;
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

  // where - computed: false, optional: true, required: false
  private _where?: string | undefined;
  public get where() {
    return this.getStringAttribute("where");
  }
  public set where(value: string) {
    this._where = value;
  }
  public resetWhere() {
    this._where = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get whereInput() {
    return this._where;
  }
}

/** The same, for what refers to it. */
export class PublicationTableList extends cdktf.ComplexList {
  /** The blocks, as they were given. */
  public internalValue?: PublicationTable[] | cdktf.IResolvable | undefined;

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
  public get(index: number): PublicationTableOutputReference {
    return new PublicationTableOutputReference(
      this.terraformResource,
      this.terraformAttribute,
      index,
      this.wrapsSet,
    );
  }
}
/** A block or an object of it. */
export interface PublicationTimeouts {
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

export function publicationTimeoutsToTerraform(struct?: PublicationTimeouts | cdktf.IResolvable): any {
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

export function publicationTimeoutsToHclTerraform(struct?: PublicationTimeouts | cdktf.IResolvable): any {
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
export class PublicationTimeoutsOutputReference extends cdktf.ComplexObject {
  private isEmptyObject = false;
  private resolvableValue?: cdktf.IResolvable | undefined;

  /**
   * @param terraformResource The parent resource
   * @param terraformAttribute The attribute on the parent resource this class is referencing
   */
  public constructor(terraformResource: cdktf.IInterpolatingParent, terraformAttribute: string) {
    super(terraformResource, terraformAttribute, false);
  }

  public get internalValue(): PublicationTimeouts | cdktf.IResolvable | undefined {
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

  public set internalValue(value: PublicationTimeouts | cdktf.IResolvable | undefined) {
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
 * Represents a postgresql_publication
 */
export class Publication extends cdktf.TerraformResource {
  // =================
  // STATIC PROPERTIES
  // =================
  /** The type's name in Terraform. */
  public static readonly tfResourceType = "postgresql_publication";

  // ==============
  // STATIC Methods
  // ==============
  /**
   * Generates CDKTF code for importing a Publication resource upon running "cdktf plan <stack-name>"
   * @param scope The scope in which to define this construct
   * @param importToId The construct id used in the generated config for the Publication to import
   * @param importFromId The id of the existing Publication that should be imported. Refer to the import section in the documentation of this resource for the id to use
   * @param provider Optional instance of the provider where the Publication to import is found
   */
  public static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: cdktf.TerraformProvider,
  ) {
    return new cdktf.ImportableResource(scope, importToId, {
      terraformResourceType: "postgresql_publication",
      importId: importFromId,
      provider,
    } as cdktf.IImportableConfig);
  }

  // ===========
  // INITIALIZER
  // ===========

  /**
   * Create a new postgresql_publication Resource
   *
   * @param scope The scope in which to define this construct
   * @param id The scoped construct ID. Must be unique amongst siblings in the same scope
   * @param config PublicationConfig
   */
  public constructor(scope: Construct, id: string, config: PublicationConfig) {
    super(scope, id, {
      terraformResourceType: "postgresql_publication",
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
    this._allTables = config.allTables;
    this._allowMissingReplicaIdentity = config.allowMissingReplicaIdentity;
    this._database = config.database;
    this._dropCascade = config.dropCascade;
    this._id = config.id;
    this._name = config.name;
    this._owner = config.owner;
    this._publishGeneratedColumns = config.publishGeneratedColumns;
    this._publishParam = config.publishParam;
    this._publishViaPartitionRootParam = config.publishViaPartitionRootParam;
    this._tables = config.tables;
    this._tablesInSchema = config.tablesInSchema;
    this._table.internalValue = config.table;
    this._timeouts.internalValue = config.timeouts;
  }

  // ==========
  // ATTRIBUTES
  // ==========

  // all_tables - computed: true, optional: true, required: false
  private _allTables?: boolean | cdktf.IResolvable | undefined;
  public get allTables() {
    return this.getBooleanAttribute("all_tables");
  }
  public set allTables(value: boolean | cdktf.IResolvable) {
    this._allTables = value;
  }
  public resetAllTables() {
    this._allTables = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get allTablesInput() {
    return this._allTables;
  }

  // allow_missing_replica_identity - computed: true, optional: true, required: false
  private _allowMissingReplicaIdentity?: boolean | cdktf.IResolvable | undefined;
  public get allowMissingReplicaIdentity() {
    return this.getBooleanAttribute("allow_missing_replica_identity");
  }
  public set allowMissingReplicaIdentity(value: boolean | cdktf.IResolvable) {
    this._allowMissingReplicaIdentity = value;
  }
  public resetAllowMissingReplicaIdentity() {
    this._allowMissingReplicaIdentity = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get allowMissingReplicaIdentityInput() {
    return this._allowMissingReplicaIdentity;
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

  // former_names - computed: true, optional: false, required: false
  public get formerNames() {
    return cdktf.Fn.tolist(this.getListAttribute("former_names"));
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

  // publish_generated_columns - computed: true, optional: true, required: false
  private _publishGeneratedColumns?: string | undefined;
  public get publishGeneratedColumns() {
    return this.getStringAttribute("publish_generated_columns");
  }
  public set publishGeneratedColumns(value: string) {
    this._publishGeneratedColumns = value;
  }
  public resetPublishGeneratedColumns() {
    this._publishGeneratedColumns = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get publishGeneratedColumnsInput() {
    return this._publishGeneratedColumns;
  }

  // publish_param - computed: true, optional: true, required: false
  private _publishParam?: string[] | undefined;
  public get publishParam() {
    return this.getListAttribute("publish_param");
  }
  public set publishParam(value: string[]) {
    this._publishParam = value;
  }
  public resetPublishParam() {
    this._publishParam = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get publishParamInput() {
    return this._publishParam;
  }

  // publish_via_partition_root_param - computed: true, optional: true, required: false
  private _publishViaPartitionRootParam?: boolean | cdktf.IResolvable | undefined;
  public get publishViaPartitionRootParam() {
    return this.getBooleanAttribute("publish_via_partition_root_param");
  }
  public set publishViaPartitionRootParam(value: boolean | cdktf.IResolvable) {
    this._publishViaPartitionRootParam = value;
  }
  public resetPublishViaPartitionRootParam() {
    this._publishViaPartitionRootParam = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get publishViaPartitionRootParamInput() {
    return this._publishViaPartitionRootParam;
  }

  // published_tables - computed: true, optional: false, required: false
  public get publishedTables() {
    return this.getListAttribute("published_tables");
  }

  // row_filters - computed: true, optional: false, required: false
  private _rowFilters = new cdktf.StringMap(this, "row_filters");
  public get rowFilters() {
    return this._rowFilters;
  }

  // tables - computed: true, optional: true, required: false
  private _tables?: string[] | undefined;
  public get tables() {
    return cdktf.Fn.tolist(this.getListAttribute("tables"));
  }
  public set tables(value: string[]) {
    this._tables = value;
  }
  public resetTables() {
    this._tables = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get tablesInput() {
    return this._tables;
  }

  // tables_in_schema - computed: false, optional: true, required: false
  private _tablesInSchema?: string[] | undefined;
  public get tablesInSchema() {
    return cdktf.Fn.tolist(this.getListAttribute("tables_in_schema"));
  }
  public set tablesInSchema(value: string[]) {
    this._tablesInSchema = value;
  }
  public resetTablesInSchema() {
    this._tablesInSchema = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get tablesInSchemaInput() {
    return this._tablesInSchema;
  }

  // table - computed: false, optional: true, required: false
  private _table = new PublicationTableList(this, "table", true);
  public get table() {
    return this._table;
  }
  public putTable(value: PublicationTable[] | cdktf.IResolvable) {
    this._table.internalValue = value;
  }
  public resetTable() {
    this._table.internalValue = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get tableInput() {
    return this._table.internalValue;
  }

  // timeouts - computed: false, optional: true, required: false
  private _timeouts = new PublicationTimeoutsOutputReference(this, "timeouts");
  public get timeouts() {
    return this._timeouts;
  }
  public putTimeouts(value: PublicationTimeouts) {
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
      all_tables: cdktf.booleanToTerraform(this._allTables),
      allow_missing_replica_identity: cdktf.booleanToTerraform(this._allowMissingReplicaIdentity),
      database: cdktf.stringToTerraform(this._database),
      drop_cascade: cdktf.booleanToTerraform(this._dropCascade),
      id: cdktf.stringToTerraform(this._id),
      name: cdktf.stringToTerraform(this._name),
      owner: cdktf.stringToTerraform(this._owner),
      publish_generated_columns: cdktf.stringToTerraform(this._publishGeneratedColumns),
      publish_param: cdktf.listMapper(cdktf.stringToTerraform, false)(this._publishParam),
      publish_via_partition_root_param: cdktf.booleanToTerraform(this._publishViaPartitionRootParam),
      tables: cdktf.listMapper(cdktf.stringToTerraform, false)(this._tables),
      tables_in_schema: cdktf.listMapper(cdktf.stringToTerraform, false)(this._tablesInSchema),
      table: cdktf.listMapper(publicationTableToTerraform, true)(this._table.internalValue),
      timeouts: publicationTimeoutsToTerraform(this._timeouts.internalValue),
    };
  }

  protected override synthesizeHclAttributes(): { [name: string]: any } {
    const attrs = {
      all_tables: {
        value: cdktf.booleanToHclTerraform(this._allTables),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
      allow_missing_replica_identity: {
        value: cdktf.booleanToHclTerraform(this._allowMissingReplicaIdentity),
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
      drop_cascade: {
        value: cdktf.booleanToHclTerraform(this._dropCascade),
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
      owner: {
        value: cdktf.stringToHclTerraform(this._owner),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      publish_generated_columns: {
        value: cdktf.stringToHclTerraform(this._publishGeneratedColumns),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      publish_param: {
        value: cdktf.listMapperHcl(cdktf.stringToHclTerraform, false)(this._publishParam),
        isBlock: false,
        type: "list",
        storageClassType: "stringList",
      },
      publish_via_partition_root_param: {
        value: cdktf.booleanToHclTerraform(this._publishViaPartitionRootParam),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
      tables: {
        value: cdktf.listMapperHcl(cdktf.stringToHclTerraform, false)(this._tables),
        isBlock: false,
        type: "set",
        storageClassType: "stringList",
      },
      tables_in_schema: {
        value: cdktf.listMapperHcl(cdktf.stringToHclTerraform, false)(this._tablesInSchema),
        isBlock: false,
        type: "set",
        storageClassType: "stringList",
      },
      table: {
        value: cdktf.listMapperHcl(publicationTableToHclTerraform, true)(this._table.internalValue),
        isBlock: true,
        type: "set",
        storageClassType: "PublicationTableList",
      },
      timeouts: {
        value: publicationTimeoutsToHclTerraform(this._timeouts.internalValue),
        isBlock: true,
        type: "struct",
        storageClassType: "PublicationTimeouts",
      },
    };

    // remove undefined attributes
    return Object.fromEntries(
      Object.entries(attrs).filter(([_, value]) => value !== undefined && value.value !== undefined),
    );
  }
}
