import { type IntegerLimits, requireInteger } from "../validation";
import { columnPattern, exactName, namePattern } from "./mapping-names";
import { type MappingRule, type MappingRuleJson, ruleName } from "./mapping-rule";

/**
 * A DMS data type, for a column on the target.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Reference.DataTypes.html
 */
export type DmsDataType =
  | {
      /** A text or binary type. */
      readonly type: "string" | "wstring" | "bytes";
      /** Length, in characters or bytes. */
      readonly length: number;
    }
  | {
      /** An exact number. */
      readonly type: "numeric";
      /** Number of digits, 1 to 38. */
      readonly precision: number;
      /** Number of digits after the decimal point, 0 to 38. */
      readonly scale: number;
    }
  | {
      /** A time. */
      readonly type: "datetime" | "time";
      /** Number of digits of the fraction of a second, up to 6. */
      readonly scale: number;
    }
  | {
      /** A type without parameters. */
      readonly type:
        | "boolean"
        | "date"
        | "int1"
        | "int2"
        | "int4"
        | "int8"
        | "uint1"
        | "uint2"
        | "uint4"
        | "uint8"
        | "real4"
        | "real8"
        | "blob"
        | "clob"
        | "nclob";
    };

/** A change of the name of a schema, table or column. */
export type Renaming =
  | {
      /** Converts the case. */
      readonly ruleAction: "convert-lowercase" | "convert-uppercase";
    }
  | {
      /** Renames the object, or adds or removes a prefix or suffix. */
      readonly ruleAction: "rename" | "add-prefix" | "remove-prefix" | "add-suffix" | "remove-suffix";
      /** New name, prefix or suffix. */
      readonly value: string;
    }
  | {
      /** Replaces a prefix or suffix. */
      readonly ruleAction: "replace-prefix" | "replace-suffix";
      /** New prefix or suffix. */
      readonly value: string;
      /** Old prefix or suffix. */
      readonly oldValue: string;
    };

/** Schemas that a rule transforms. */
export interface SchemaLocator extends MappingRule {
  /** Name of the schema on the publisher. `%` matches any characters. */
  readonly schemaName: string;
}

/** Tables that a rule transforms. */
export interface TableLocator extends SchemaLocator {
  /** Name of the table on the publisher. `%` matches any characters. */
  readonly tableName: string;
}

/** Columns that a rule transforms. */
export interface ColumnLocator extends TableLocator {
  /** Name of the column on the publisher. `%` matches any characters. */
  readonly columnName: string;
}

/** A primary key on the target. */
export interface PrimaryKeyDefinition {
  /** Name of the key. */
  readonly name: string;
  /** Columns of the key, in order. */
  readonly columns: readonly string[];
}

/** A transformation of schemas. */
export type SchemaTransformation = SchemaLocator &
  Renaming & {
    /** Type of the objects. */
    readonly ruleTarget: "schema";
  };

/** A transformation of tables. */
export type TableTransformation = TableLocator & {
  /** Type of the objects. */
  readonly ruleTarget: "table";
} & (
    | Renaming
    | {
        /** Creates a primary key on the target that the publisher does not have. Requires exact names. */
        readonly ruleAction: "define-primary-key";
        /** Primary key to create. */
        readonly primaryKeyDef: PrimaryKeyDefinition;
      }
  );

/** A transformation of columns. */
export type ColumnTransformation = {
  /** Type of the objects. */
  readonly ruleTarget: "column";
} & (
  | (ColumnLocator &
      (
        | Renaming
        | {
            /** Migrates only these columns, or all except these. */
            readonly ruleAction: "include-column" | "remove-column";
          }
        | {
            /** Changes the data type. */
            readonly ruleAction: "change-data-type";
            /** New data type. */
            readonly dataType: DmsDataType;
          }
        | {
            /** Replaces every digit with a character. */
            readonly ruleAction: "data-masking-digits-mask";
            /** The character. */
            readonly value: string;
          }
        | {
            /** Replaces digits with random digits, or values with their hashes. */
            readonly ruleAction: "data-masking-digits-randomize" | "data-masking-hash-mask";
          }
      ))
  | (TableLocator & {
      /** Adds a column. */
      readonly ruleAction: "add-column";
      /** Name of the new column. */
      readonly value: string;
      /** Value of the new column: an SQLite expression, in which `$name` is another column, such as `$first||' '||$last`. */
      readonly expression: string;
      /** Data type of the new column. */
      readonly dataType: DmsDataType;
    })
);

/**
 * A transformation of names, columns or data types. DMS applies each type of transformation at most once to an object.
 * The only transformation of LOB columns is their removal.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html
 */
export type TransformationRule = SchemaTransformation | TableTransformation | ColumnTransformation;

/**
 * DMS's JSON for a transformation.
 *
 * @throws Error if a name, a key or a data type is invalid.
 */
export function transformationRule(rule: TransformationRule): MappingRuleJson {
  const { ruleTarget, ruleAction, name } = rule;
  const label = `transformation "${uniqueAction(rule)} ${path(rule)}"`;
  const errorName = ruleName(name, `transformation "${ruleAction} ${path(rule)}"`);
  return {
    label,
    name,
    body: {
      "rule-type": "transformation",
      "rule-target": ruleTarget,
      "object-locator": locator(errorName, rule),
      "rule-action": ruleAction,
      ...("value" in rule && { value: requireText(errorName, "value", rule.value) }),
      ...("oldValue" in rule && { "old-value": requireText(errorName, "oldValue", rule.oldValue) }),
      ...("expression" in rule && { expression: requireText(errorName, "expression", rule.expression) }),
      ...("dataType" in rule && { "data-type": dataType(errorName, rule.dataType) }),
      ...("primaryKeyDef" in rule && { "primary-key-def": primaryKey(errorName, rule.primaryKeyDef) }),
    },
  };
}

/** An action that DMS applies at most once to an object. All renamings count as one action. */
function uniqueAction({ ruleTarget, ruleAction }: TransformationRule): string {
  const renaming = /^(rename|convert-\w+|(add|remove|replace)-(prefix|suffix))$/.test(ruleAction);
  return renaming ? `rename ${ruleTarget}` : ruleAction;
}

function path(rule: TransformationRule): string {
  const parts = [
    rule.schemaName,
    ...("tableName" in rule ? [rule.tableName] : []),
    ...("columnName" in rule ? [rule.columnName] : []),
    ...(rule.ruleAction === "add-column" ? [rule.value] : []),
  ];
  return parts.join(".");
}

function locator(ruleLabel: string, rule: TransformationRule): object {
  const name = rule.ruleAction === "define-primary-key" ? exactName : namePattern;
  return {
    "schema-name": name(ruleLabel, "schemaName", rule.schemaName),
    ...("tableName" in rule && { "table-name": name(ruleLabel, "tableName", rule.tableName) }),
    ...("columnName" in rule && { "column-name": columnPattern(ruleLabel, rule.columnName) }),
  };
}

function requireText(rule: string, property: string, value: string): string {
  if (value !== "") return value;
  throw new Error(`${rule}: ${property} must not be empty. Got "".`);
}

function primaryKey(rule: string, { name, columns }: PrimaryKeyDefinition): object {
  if (columns.length === 0 || new Set(columns).size < columns.length) {
    throw new Error(
      `${rule}: primaryKeyDef.columns must contain at least one column, without duplicates. Got ${columns.length === 0 ? "none" : columns.join(", ")}.`,
    );
  }
  return { name: requireText(rule, "primaryKeyDef.name", name), columns };
}

/** Limits of the parameters of DMS data types. */
const TYPE_LIMITS: Readonly<Record<string, IntegerLimits>> = {
  length: { min: 1 },
  precision: { min: 1, max: 38 },
  scale: { max: 38 },
};

function dataType(rule: string, type: DmsDataType): object {
  const parameters = type as { readonly [parameter: string]: string | number };
  for (const [parameter, limits] of Object.entries(TYPE_LIMITS)) {
    const value = parameters[parameter];
    if (value !== undefined) requireInteger(`${rule}: dataType.${parameter}`, Number(value), limits);
  }
  return type;
}
