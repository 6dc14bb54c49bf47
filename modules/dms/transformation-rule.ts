import { columnPattern, exactName, namePattern } from "./mapping-names";
import { type MappingRule, type MappingRuleJson, ruleLabel } from "./mapping-rule";

/** A type of DMS's own, for a column at the target. */
export type DmsDataType =
  | {
      readonly type: "string" | "wstring" | "bytes";
      /** Characters, or bytes. */
      readonly length: number;
    }
  | { readonly type: "numeric"; readonly precision: number; readonly scale: number }
  | {
      readonly type: "datetime" | "time";
      /** Digits of a second's fraction, up to 6. */
      readonly scale: number;
    }
  | {
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

/** What can be done to the name of a schema, a table or a column. */
export type Renaming =
  | { readonly ruleAction: "convert-lowercase" | "convert-uppercase" }
  | {
      readonly ruleAction: "rename" | "add-prefix" | "remove-prefix" | "add-suffix" | "remove-suffix";
      /** The new name, or the prefix or suffix. */
      readonly value: string;
    }
  | {
      readonly ruleAction: "replace-prefix" | "replace-suffix";
      /** The prefix or suffix that comes in. */
      readonly value: string;
      /** The prefix or suffix that goes. */
      readonly oldValue: string;
    };

interface SchemaLocator extends MappingRule {
  /** The schema's name at the publisher; `%` stands for any characters. */
  readonly schemaName: string;
}

interface TableLocator extends SchemaLocator {
  /** The table's name at the publisher; `%` stands for any characters. */
  readonly tableName: string;
}

interface ColumnLocator extends TableLocator {
  /** The column's name at the publisher; `%` stands for any characters. */
  readonly columnName: string;
}

/** @inline */
type SchemaTransformation = { readonly ruleTarget: "schema" } & SchemaLocator & Renaming;

/** @inline */
type TableTransformation = { readonly ruleTarget: "table" } & TableLocator &
  (
    | Renaming
    | {
        /** Gives a table at the target a key that it does not have at the publisher. The names have no wildcard. */
        readonly ruleAction: "define-primary-key";
        /** The key's name, and its columns in order. */
        readonly primaryKeyDef: { readonly name: string; readonly columns: readonly string[] };
      }
  );

/** @inline */
type ColumnTransformation = { readonly ruleTarget: "column" } & (
  | (ColumnLocator &
      (
        | Renaming
        | {
            /** Only these columns are migrated, or all but these. */
            readonly ruleAction: "include-column" | "remove-column";
          }
        | { readonly ruleAction: "change-data-type"; readonly dataType: DmsDataType }
        | {
            /** Every digit becomes the character. */
            readonly ruleAction: "data-masking-digits-mask";
            readonly value: string;
          }
        | { readonly ruleAction: "data-masking-digits-randomize" | "data-masking-hash-mask" }
      ))
  | (TableLocator & {
      readonly ruleAction: "add-column";
      /** The new column's name. */
      readonly value: string;
      /** What is in it: an expression of SQLite, in which `$name` is another column, such as `$first||' '||$last`. */
      readonly expression: string;
      /** The new column's type, by DMS's names. */
      readonly dataType: DmsDataType;
    })
);

/**
 * What becomes of names, columns and types on the way. DMS does one thing to one object: a second one is refused. LOB
 * columns can be removed only.
 */
export type TransformationRule = SchemaTransformation | TableTransformation | ColumnTransformation;

/**
 * DMS's JSON for a transformation.
 *
 * @throws Error when a name, a key or a type makes no sense.
 */
export function transformationRule(rule: TransformationRule): MappingRuleJson {
  const { ruleTarget, ruleAction, name } = rule;
  const label = `transformation "${oneOnly(rule)} ${path(rule)}"`;
  const called = ruleLabel(name, `transformation "${ruleAction} ${path(rule)}"`);
  return {
    label,
    name,
    body: {
      "rule-type": "transformation",
      "rule-target": ruleTarget,
      "object-locator": locator(called, rule),
      "rule-action": ruleAction,
      ...("value" in rule && { value: requireText(called, "value", rule.value) }),
      ...("oldValue" in rule && { "old-value": requireText(called, "oldValue", rule.oldValue) }),
      ...("expression" in rule && { expression: requireText(called, "expression", rule.expression) }),
      ...("dataType" in rule && { "data-type": dataType(called, rule.dataType) }),
      ...("primaryKeyDef" in rule && { "primary-key-def": primaryKey(called, rule.primaryKeyDef) }),
    },
  };
}

/** What may be done once to one object: all renamings are the same thing. */
function oneOnly({ ruleTarget, ruleAction }: TransformationRule): string {
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

function locator(called: string, rule: TransformationRule): object {
  const read = rule.ruleAction === "define-primary-key" ? exactName : namePattern;
  return {
    "schema-name": read(called, "schemaName", rule.schemaName),
    ...("tableName" in rule && { "table-name": read(called, "tableName", rule.tableName) }),
    ...("columnName" in rule && { "column-name": columnPattern(called, rule.columnName) }),
  };
}

function requireText(called: string, property: string, text: string): string {
  if (text !== "") return text;
  throw new Error(`${called}: ${property} must not be empty. Got "".`);
}

function primaryKey(
  called: string,
  { name, columns }: { readonly name: string; readonly columns: readonly string[] },
): object {
  if (columns.length === 0 || new Set(columns).size < columns.length) {
    throw new Error(
      `${called}: primaryKeyDef.columns must be at least one column, each once. Got ${columns.length === 0 ? "none" : columns.join(", ")}.`,
    );
  }
  return { name: requireText(called, "primaryKeyDef.name", name), columns };
}

/** The least and the greatest value of what a type of DMS has. */
const typeLimits = {
  length: [1, 2_147_483_647],
  precision: [1, 38],
  scale: [0, 38],
} as const;

function dataType(called: string, given: DmsDataType): object {
  for (const [property, [least, greatest]] of Object.entries(typeLimits)) {
    const value = (given as { readonly [key: string]: string | number })[property];
    if (value === undefined) continue;
    if (!Number.isInteger(value) || Number(value) < least || Number(value) > greatest) {
      throw new Error(
        `${called}: dataType.${property} must be a whole number from ${least} to ${greatest}. Got ${value}.`,
      );
    }
  }
  return given;
}
