import { Token } from "cdktf";
import {
  type RowFilter,
  type SelectionRule,
  type TableMappings,
  tableMappingsJson,
  type TableSettingsRule,
  type TransformationRule,
} from "../../../modules/dms";

type Rule = Readonly<Record<string, unknown>>;

function rules(mappings: TableMappings): readonly Rule[] {
  return (JSON.parse(tableMappingsJson(mappings)) as { readonly rules: readonly Rule[] }).rules;
}

const include = (tableName: string): SelectionRule => ({
  ruleAction: "include",
  schemaName: "public",
  tableName,
});
const everything = [include("%")];
/** The only rule of a mapping that is none of the selection. */
const only = (mappings: Omit<TableMappings, "selection">) => rules({ selection: everything, ...mappings })[1];
const id = expect.stringMatching(/^[1-9][0-9]{8,9}$/) as unknown;

describe("table mappings", () => {
  test("are DMS's JSON", () => {
    expect(
      rules({
        selection: [
          {
            ruleAction: "include",
            schemaName: "sales",
            tableName: "order%",
            tableType: "all",
            loadOrder: 2,
            name: "orders",
            filters: [
              {
                columnName: "id",
                columnType: "bigint",
                conditions: [
                  { operator: "gte", value: 100 },
                  { operator: "between", startValue: 1, endValue: 9 },
                  { operator: "notnull" },
                ],
              },
            ],
          },
          { ruleAction: "exclude", schemaName: "sales", tableName: "old%" },
          { ruleAction: "explicit", schemaName: "sales", tableName: "order_items" },
        ],
      }),
    ).toEqual([
      {
        "rule-type": "selection",
        "rule-id": id,
        "rule-name": "orders",
        "object-locator": { "schema-name": "sales", "table-name": "order%", "table-type": "all" },
        "rule-action": "include",
        "load-order": 2,
        filters: [
          {
            "filter-type": "source",
            "column-name": "id",
            "filter-conditions": [
              { "filter-operator": "gte", value: "100" },
              { "filter-operator": "between", "start-value": "1", "end-value": "9" },
              { "filter-operator": "notnull" },
            ],
          },
        ],
      },
      {
        "rule-type": "selection",
        "rule-id": id,
        "rule-name": id,
        "object-locator": { "schema-name": "sales", "table-name": "old%" },
        "rule-action": "exclude",
      },
      {
        "rule-type": "selection",
        "rule-id": id,
        "rule-name": id,
        "object-locator": { "schema-name": "sales", "table-name": "order_items" },
        "rule-action": "explicit",
        filters: [],
      },
    ]);
  });

  test("take an underscore for itself, where DMS would take it for any character", () => {
    expect(rules({ selection: [include("order_items_%")] })).toMatchObject([
      { "object-locator": { "table-name": "order[_]items[_]%" } },
    ]);
  });

  test("keep the ids of their rules when another comes first or in between, or a rule says something else", () => {
    const ids = (mappings: TableMappings) => rules(mappings).map((rule) => rule["rule-id"]);
    const [a, b] = ids({ selection: [include("a"), include("b")] });
    expect(ids({ selection: [include("z"), include("a"), include("c"), include("b")] })).toEqual(
      expect.arrayContaining([a, b]),
    );
    const named = (loadOrder: number): TableMappings => ({
      selection: [{ ruleAction: "include", schemaName: "a", tableName: "b", name: "the first", loadOrder }],
    });
    expect(ids(named(1))).toEqual(ids(named(2)));
  });

  test("give every rule an id of its own", () => {
    const many = rules({ selection: Array.from({ length: 2000 }, (_, index) => include(`t${index}`)) });
    expect(new Set(many.map((rule) => rule["rule-id"])).size).toBe(2000);
    expect(new Set(many.map((rule) => rule["rule-name"])).size).toBe(2000);
  });

  test("rename, retype and mask on the way", () => {
    const transformation = [
      { ruleTarget: "schema", schemaName: "public", ruleAction: "rename", value: "copy" },
      {
        ruleTarget: "table",
        schemaName: "public",
        tableName: "%",
        ruleAction: "replace-prefix",
        value: "new_",
        oldValue: "old_",
      },
      {
        ruleTarget: "table",
        schemaName: "public",
        tableName: "order_items",
        ruleAction: "define-primary-key",
        primaryKeyDef: { name: "order_items_key", columns: ["order_id", "line"] },
      },
      {
        ruleTarget: "column",
        schemaName: "public",
        tableName: "a",
        columnName: "c",
        ruleAction: "change-data-type",
        dataType: { type: "string", length: 50 },
      },
      {
        ruleTarget: "column",
        schemaName: "public",
        tableName: "a",
        ruleAction: "add-column",
        value: "full_name",
        expression: "$first||' '||$last",
        dataType: { type: "string", length: 100 },
      },
      {
        ruleTarget: "column",
        schemaName: "public",
        tableName: "a",
        columnName: "card",
        ruleAction: "data-masking-digits-mask",
        value: "#",
      },
    ] as const;
    const common = { "rule-type": "transformation", "rule-id": id, "rule-name": id };
    expect(rules({ selection: everything, transformation }).slice(1)).toEqual([
      {
        ...common,
        "rule-target": "schema",
        "object-locator": { "schema-name": "public" },
        "rule-action": "rename",
        value: "copy",
      },
      {
        ...common,
        "rule-target": "table",
        "object-locator": { "schema-name": "public", "table-name": "%" },
        "rule-action": "replace-prefix",
        value: "new_",
        "old-value": "old_",
      },
      {
        ...common,
        "rule-target": "table",
        "object-locator": { "schema-name": "public", "table-name": "order_items" },
        "rule-action": "define-primary-key",
        "primary-key-def": { name: "order_items_key", columns: ["order_id", "line"] },
      },
      {
        ...common,
        "rule-target": "column",
        "object-locator": { "schema-name": "public", "table-name": "a", "column-name": "c" },
        "rule-action": "change-data-type",
        "data-type": { type: "string", length: 50 },
      },
      {
        ...common,
        "rule-target": "column",
        "object-locator": { "schema-name": "public", "table-name": "a" },
        "rule-action": "add-column",
        value: "full_name",
        expression: "$first||' '||$last",
        "data-type": { type: "string", length: 100 },
      },
      {
        ...common,
        "rule-target": "column",
        "object-locator": { "schema-name": "public", "table-name": "a", "column-name": "card" },
        "rule-action": "data-masking-digits-mask",
        value: "#",
      },
    ]);
  });

  test("load a table in ranges, and its LOBs in a mode of their own", () => {
    expect(
      only({
        tableSettings: [
          {
            schemaName: "public",
            tableName: "order_items",
            parallelLoad: {
              type: "ranges",
              columns: ["order_id", "line"],
              boundaries: [
                [1000, 5],
                [1000, 9],
                [2000, 1],
              ],
            },
            lobSettings: { mode: "unlimited", bulkMaxSize: 16 },
          },
        ],
      }),
    ).toEqual({
      "rule-type": "table-settings",
      "rule-id": id,
      "rule-name": id,
      "object-locator": { "schema-name": "public", "table-name": "order_items" },
      "parallel-load": {
        type: "ranges",
        columns: ["order_id", "line"],
        boundaries: [
          ["1000", "5"],
          ["1000", "9"],
          ["2000", "1"],
        ],
      },
      "lob-settings": { mode: "unlimited", "bulk-max-size": "16" },
    });
  });

  describe("are refused, with the rule's name,", () => {
    const table = { schemaName: "public", tableName: "orders" };
    const filters = (columnType: string, conditions: readonly object[] = [{ operator: "null" }]) =>
      ({
        selection: [
          { ...include("orders"), name: "mine", filters: [{ columnName: "note", columnType, conditions }] },
        ],
      }) as TableMappings;
    const ranges = (parallelLoad: object) =>
      ({ selection: everything, tableSettings: [{ ...table, parallelLoad }] }) as TableMappings;
    const transformed = (...transformation: object[]) =>
      ({ selection: everything, transformation }) as TableMappings;

    test.each<[string, TableMappings, string]>([
      [
        "when nothing is selected",
        { selection: [] },
        "tableMappings.selection must have at least one rule that includes tables. Got no rules.",
      ],
      [
        "when tables are excluded only",
        { selection: [{ ...table, ruleAction: "exclude" }] },
        "tableMappings.selection must have at least one rule that includes tables. Got only rules that exclude tables.",
      ],
      [
        "when a rule is there twice",
        { selection: [include("a"), include("a")] },
        'tableMappings must have unique rules. Got selection "include public.a" twice: remove one of them.',
      ],
      [
        "when two have one name",
        {
          selection: [
            { ...include("a"), name: "x" },
            { ...include("b"), name: "x" },
          ],
        },
        'tableMappings must have unique rules. Got name "x" twice',
      ],
      [
        "when a filter is on a LOB",
        filters("jsonb"),
        'selection "include public.orders" (mine): columnType of the filter on note must be a type that DMS does not handle as a LOB',
      ],
      [
        "when a filter has no condition",
        filters("uuid", []),
        "the filter on note must have at least one condition. Got none.",
      ],
      [
        "when a filter's value is not known yet",
        filters("uuid", [{ operator: "eq", value: Token.asString({ token: 1 }) }]),
        "the filter on note must have values that are known at synthesis.",
      ],
      [
        "when a name is a set of characters to DMS",
        { selection: [include("order[s]")] },
        'selection "include public.order[s]": tableName must not be empty or contain brackets',
      ],
      [
        "when a name is not known yet",
        { selection: [include(Token.asString({ token: 1 }))] },
        "tableName must be known at synthesis.",
      ],
      [
        "when an explicit name has a wildcard",
        { selection: [{ ruleAction: "explicit", schemaName: "public", tableName: "o%" }] },
        'tableName must be an exact name, without "%". Got "o%".',
      ],
      [
        "when the load order is none",
        { selection: [{ ...include("a"), ruleAction: "include", loadOrder: 0 }] },
        "loadOrder must be a whole number, at least 1. Got 0.",
      ],
      [
        "when a table with settings has a wildcard",
        {
          selection: everything,
          tableSettings: [{ schemaName: "public", tableName: "o%", lobSettings: { mode: "none" } }],
        },
        'table settings "public.o%": tableName must be an exact name, without "%". Got "o%".',
      ],
      [
        "when a table's settings are none",
        { selection: everything, tableSettings: [table] },
        'table settings "public.orders": parallelLoad or lobSettings is required. Got neither.',
      ],
      [
        "when a parallel load is not by ranges",
        ranges({ type: "partitions-auto", columns: ["id"], boundaries: [[1]] }),
        'parallelLoad.type must be "ranges" for PostgreSQL. Got "partitions-auto".',
      ],
      [
        "when ranges have eleven columns",
        ranges({ type: "ranges", columns: [..."abcdefghijk"], boundaries: [[1]] }),
        "parallelLoad.columns must be 1 to 10 unique columns. Got a, b,",
      ],
      [
        "when there is no boundary",
        ranges({ type: "ranges", columns: ["id"], boundaries: [] }),
        "parallelLoad.boundaries must contain at least one boundary. Got none.",
      ],
      [
        "when a boundary lacks a column",
        ranges({ type: "ranges", columns: ["a", "b"], boundaries: [[1]] }),
        "parallelLoad.boundaries must have 2 values each, one for each column. Got [1].",
      ],
      [
        "when boundaries go down",
        ranges({ type: "ranges", columns: ["id"], boundaries: [[2], [1]] }),
        "parallelLoad.boundaries must be in ascending order. Got [[2],[1]].",
      ],
      [
        "when the size of LOBs is none",
        {
          selection: everything,
          tableSettings: [{ ...table, lobSettings: { mode: "limited", bulkMaxSize: 0 } }],
        },
        "lobSettings.bulkMaxSize must be a whole number of KB, at least 1. Got 0.",
      ],
      [
        "when a key is for more than one table",
        transformed({
          ruleTarget: "table",
          ruleAction: "define-primary-key",
          schemaName: "public",
          tableName: "%",
          primaryKeyDef: { name: "k", columns: ["id"] },
        }),
        'transformation "define-primary-key public.%": tableName must be an exact name, without "%". Got "%".',
      ],
      [
        "when a key has no column",
        transformed({
          ruleTarget: "table",
          ruleAction: "define-primary-key",
          ...table,
          primaryKeyDef: { name: "k", columns: [] },
        }),
        "primaryKeyDef.columns must contain at least one column, without duplicates. Got none.",
      ],
      [
        "when two things are done to one name",
        transformed(
          { ruleTarget: "table", ruleAction: "rename", ...table, value: "x" },
          { ruleTarget: "table", ruleAction: "convert-uppercase", ...table },
        ),
        'tableMappings must have unique rules. Got transformation "rename table public.orders" twice',
      ],
      [
        "when a new name is empty",
        transformed({ ruleTarget: "table", ruleAction: "rename", ...table, value: "" }),
        'value must not be empty. Got "".',
      ],
      [
        "when a type's length is none",
        transformed({
          ruleTarget: "column",
          ruleAction: "change-data-type",
          ...table,
          columnName: "c",
          dataType: { type: "string", length: 0 },
        }),
        "dataType.length must be a whole number, at least 1. Got 0.",
      ],
    ])("%s", (_, mappings, message) => {
      expect(() => tableMappingsJson(mappings)).toThrow(message);
    });
  });

  test("do not compile when DMS would not do it", () => {
    const table = { schemaName: "public", tableName: "orders" };
    const filters: RowFilter[] = [
      // @ts-expect-error a text is a LOB
      { columnName: "note", columnType: "text", conditions: [{ operator: "null" }] },
      // @ts-expect-error a range has two ends
      { columnName: "day", columnType: "date", conditions: [{ operator: "between", value: 1 }] },
    ];
    const selection: SelectionRule[] = [
      // @ts-expect-error what is excluded has no filter
      { ...table, ruleAction: "exclude", filters: [] },
    ];
    const tableSettings: TableSettingsRule[] = [
      // @ts-expect-error tables of PostgreSQL are loaded in ranges only
      { ...table, parallelLoad: { type: "partitions-auto", columns: ["id"], boundaries: [[1]] } },
      // @ts-expect-error LOBs that are left out have no size
      { ...table, lobSettings: { mode: "none", bulkMaxSize: 1 } },
    ];
    const column = { ...table, ruleTarget: "column", columnName: "c" } as const;
    const key = { name: "k", columns: ["id"] };
    const transformation: TransformationRule[] = [
      // @ts-expect-error a schema has no key
      { ruleTarget: "schema", schemaName: "a", ruleAction: "define-primary-key", primaryKeyDef: key },
      // @ts-expect-error a new name is needed
      { ruleTarget: "table", ...table, ruleAction: "rename" },
      // @ts-expect-error tablespaces are Oracle's
      { ruleTarget: "table-tablespace", ...table, ruleAction: "rename", value: "t" },
      // @ts-expect-error a text has a length
      { ...column, ruleAction: "change-data-type", dataType: { type: "string" } },
    ];
    expect([filters, selection, tableSettings, transformation].map(({ length }) => length)).toEqual([
      2, 1, 2, 4,
    ]);
  });
});
