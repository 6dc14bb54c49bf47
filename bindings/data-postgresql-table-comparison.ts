// Generated from the provider's schema by npm run generate:bindings; not to be edited.

import { Construct } from "constructs";
import * as cdktf from "cdktf";

// Configuration

/** The arguments of `DataPostgresqlTableComparison`. */
export interface DataPostgresqlTableComparisonConfig extends cdktf.TerraformMetaArguments {
  /**
   * Database of the tables (default: the provider's `database`).
   */
  readonly database?: string | undefined;
  /**
   * ID of the object. Set by the provider.
   */
  readonly id?: string | undefined;
  /**
   * `row_counts` of the other side, with the names in `tables` (default: no comparison).
   */
  readonly otherRowCounts?: { [key: string]: number } | undefined;
  /**
   * Tables to count, as `schema.table`. Names are case-sensitive. Put a part that contains a dot in double quotes: `"my.schema".table`. The count includes the rows of partitions and of tables that inherit, as in a SELECT.
   */
  readonly tables: string[];
  /**
   * timeouts block
   */
  readonly timeouts?: DataPostgresqlTableComparisonTimeouts | undefined;
}
/** A block or an object of it. */
export interface DataPostgresqlTableComparisonComparison {}

export function dataPostgresqlTableComparisonComparisonToTerraform(
  struct?: DataPostgresqlTableComparisonComparison,
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

export function dataPostgresqlTableComparisonComparisonToHclTerraform(
  struct?: DataPostgresqlTableComparisonComparison,
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
export class DataPostgresqlTableComparisonComparisonOutputReference extends cdktf.ComplexObject {
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

  public get internalValue(): DataPostgresqlTableComparisonComparison | undefined {
    let hasAnyValues = this.isEmptyObject;
    const internalValueResult: any = {};
    return hasAnyValues ? internalValueResult : undefined;
  }

  public set internalValue(value: DataPostgresqlTableComparisonComparison | undefined) {
    if (value === undefined) {
      this.isEmptyObject = false;
    } else {
      this.isEmptyObject = Object.keys(value).length === 0;
    }
  }

  // equal - computed: true, optional: false, required: false
  public get equal() {
    return this.getBooleanAttribute("equal");
  }

  // other_row_count - computed: true, optional: false, required: false
  public get otherRowCount() {
    return this.getNumberAttribute("other_row_count");
  }

  // row_count - computed: true, optional: false, required: false
  public get rowCount() {
    return this.getNumberAttribute("row_count");
  }

  // table - computed: true, optional: false, required: false
  public get table() {
    return this.getStringAttribute("table");
  }
}

/** The same, for what refers to it. */
export class DataPostgresqlTableComparisonComparisonList extends cdktf.ComplexList {
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
  public get(index: number): DataPostgresqlTableComparisonComparisonOutputReference {
    return new DataPostgresqlTableComparisonComparisonOutputReference(
      this.terraformResource,
      this.terraformAttribute,
      index,
      this.wrapsSet,
    );
  }
}
/** A block or an object of it. */
export interface DataPostgresqlTableComparisonTimeouts {
  /**
   * Time limit of the read operation, such as `30s`, `10m` or `1h30m` (default: `5m`). When it expires, the provider cancels the statement that runs on the server.
   */
  readonly read?: string | undefined;
}

export function dataPostgresqlTableComparisonTimeoutsToTerraform(
  struct?: DataPostgresqlTableComparisonTimeouts | cdktf.IResolvable,
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

export function dataPostgresqlTableComparisonTimeoutsToHclTerraform(
  struct?: DataPostgresqlTableComparisonTimeouts | cdktf.IResolvable,
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
export class DataPostgresqlTableComparisonTimeoutsOutputReference extends cdktf.ComplexObject {
  private isEmptyObject = false;
  private resolvableValue?: cdktf.IResolvable | undefined;

  /**
   * @param terraformResource The parent resource
   * @param terraformAttribute The attribute on the parent resource this class is referencing
   */
  public constructor(terraformResource: cdktf.IInterpolatingParent, terraformAttribute: string) {
    super(terraformResource, terraformAttribute, false);
  }

  public get internalValue(): DataPostgresqlTableComparisonTimeouts | cdktf.IResolvable | undefined {
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

  public set internalValue(value: DataPostgresqlTableComparisonTimeouts | cdktf.IResolvable | undefined) {
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
 * Represents a postgresql_table_comparison
 */
export class DataPostgresqlTableComparison extends cdktf.TerraformDataSource {
  // =================
  // STATIC PROPERTIES
  // =================
  /** The type's name in Terraform. */
  public static readonly tfResourceType = "postgresql_table_comparison";

  // ==============
  // STATIC Methods
  // ==============
  /**
   * Generates CDKTF code for importing a DataPostgresqlTableComparison resource upon running "cdktf plan <stack-name>"
   * @param scope The scope in which to define this construct
   * @param importToId The construct id used in the generated config for the DataPostgresqlTableComparison to import
   * @param importFromId The id of the existing DataPostgresqlTableComparison that should be imported. Refer to the import section in the documentation of this resource for the id to use
   * @param provider Optional instance of the provider where the DataPostgresqlTableComparison to import is found
   */
  public static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: cdktf.TerraformProvider,
  ) {
    return new cdktf.ImportableResource(scope, importToId, {
      terraformResourceType: "postgresql_table_comparison",
      importId: importFromId,
      provider,
    } as cdktf.IImportableConfig);
  }

  // ===========
  // INITIALIZER
  // ===========

  /**
   * Create a new postgresql_table_comparison Data Source
   *
   * @param scope The scope in which to define this construct
   * @param id The scoped construct ID. Must be unique amongst siblings in the same scope
   * @param config DataPostgresqlTableComparisonConfig
   */
  public constructor(scope: Construct, id: string, config: DataPostgresqlTableComparisonConfig) {
    super(scope, id, {
      terraformResourceType: "postgresql_table_comparison",
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
    this._otherRowCounts = config.otherRowCounts;
    this._tables = config.tables;
    this._timeouts.internalValue = config.timeouts;
  }

  // ==========
  // ATTRIBUTES
  // ==========

  // comparison - computed: true, optional: false, required: false
  private _comparison = new DataPostgresqlTableComparisonComparisonList(this, "comparison", false);
  public get comparison() {
    return this._comparison;
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

  // equal - computed: true, optional: false, required: false
  public get equal() {
    return this.getBooleanAttribute("equal");
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

  // other_row_counts - computed: false, optional: true, required: false
  private _otherRowCounts?: { [key: string]: number } | undefined;
  public get otherRowCounts() {
    return this.getNumberMapAttribute("other_row_counts");
  }
  public set otherRowCounts(value: { [key: string]: number }) {
    this._otherRowCounts = value;
  }
  public resetOtherRowCounts() {
    this._otherRowCounts = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get otherRowCountsInput() {
    return this._otherRowCounts;
  }

  // row_counts - computed: true, optional: false, required: false
  private _rowCounts = new cdktf.NumberMap(this, "row_counts");
  public get rowCounts() {
    return this._rowCounts;
  }

  // tables - computed: false, optional: false, required: true
  private _tables?: string[] | undefined;
  public get tables() {
    return this.getListAttribute("tables");
  }
  public set tables(value: string[]) {
    this._tables = value;
  }
  // Temporarily expose input value. Use with caution.
  public get tablesInput() {
    return this._tables;
  }

  // timeouts - computed: false, optional: true, required: false
  private _timeouts = new DataPostgresqlTableComparisonTimeoutsOutputReference(this, "timeouts");
  public get timeouts() {
    return this._timeouts;
  }
  public putTimeouts(value: DataPostgresqlTableComparisonTimeouts) {
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
      other_row_counts: cdktf.hashMapper(cdktf.numberToTerraform)(this._otherRowCounts),
      tables: cdktf.listMapper(cdktf.stringToTerraform, false)(this._tables),
      timeouts: dataPostgresqlTableComparisonTimeoutsToTerraform(this._timeouts.internalValue),
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
      other_row_counts: {
        value: cdktf.hashMapperHcl(cdktf.numberToHclTerraform)(this._otherRowCounts),
        isBlock: false,
        type: "map",
        storageClassType: "numberMap",
      },
      tables: {
        value: cdktf.listMapperHcl(cdktf.stringToHclTerraform, false)(this._tables),
        isBlock: false,
        type: "list",
        storageClassType: "stringList",
      },
      timeouts: {
        value: dataPostgresqlTableComparisonTimeoutsToHclTerraform(this._timeouts.internalValue),
        isBlock: true,
        type: "struct",
        storageClassType: "DataPostgresqlTableComparisonTimeouts",
      },
    };

    // remove undefined attributes
    return Object.fromEntries(
      Object.entries(attrs).filter(([_, value]) => value !== undefined && value.value !== undefined),
    );
  }
}
