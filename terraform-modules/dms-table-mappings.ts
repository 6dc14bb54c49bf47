import { TerraformLocal } from "cdktf";
import { FILTERABLE_TYPES } from "../modules/dms/row-filter";
import type { TerraformModule } from "./terraform-module";

const renaming = "(rename|convert-(lowercase|uppercase)|(add|remove|replace)-(prefix|suffix))";
/** What can be done to a table only, or to a column only; names can be changed of everything. */
const others = {
  table: ["define-primary-key"],
  column: [
    "include-column",
    "remove-column",
    "change-data-type",
    "data-masking-digits-mask",
    "data-masking-digits-randomize",
    "data-masking-hash-mask",
    "add-column",
  ],
};

const type = `object({
  selection = list(object({
    name = optional(string),
    rule_action = string,
    schema_name = string,
    table_name = string,
    table_type = optional(string),
    load_order = optional(number),
    filters = optional(list(object({
      column_name = string,
      column_type = string,
      conditions = list(object({
        operator = string,
        value = optional(string),
        start_value = optional(string),
        end_value = optional(string)
      }))
    })), [])
  })),
  transformation = optional(list(object({
    name = optional(string),
    rule_target = string,
    rule_action = string,
    schema_name = string,
    table_name = optional(string),
    column_name = optional(string),
    value = optional(string),
    old_value = optional(string),
    expression = optional(string),
    data_type = optional(object({ type = string, length = optional(number), precision = optional(number), scale = optional(number) })),
    primary_key_def = optional(object({ name = string, columns = list(string) }))
  })), [])
})`;

/** What a rule does to what: no other rule may do the same. These texts are those that DmsMigrationTask has. */
const selectionLabel = '"selection \\"${rule.rule_action} ${rule.schema_name}.${rule.table_name}\\""';
const transformationLabel =
  `"transformation \\"\${can(regex("^${renaming}$", rule.rule_action)) ? "rename \${rule.rule_target}" : rule.rule_action} ` +
  `\${join(".", compact([rule.schema_name, rule.table_name, rule.column_name, rule.rule_action == "add-column" ? rule.value : ""]))}\\""`;

/** The variable `table_mappings` of a module, and what comes of it, in Terraform's expressions. */
export class DmsTableMappings {
  /** DMS's JSON. A rule has the id that it would have in a stack. */
  readonly json: string;
  /** The schemas whose tables may be selected, with the tables' names; an empty list stands for all. */
  readonly tablesBySchema: string;

  /** @param ownSchema - a schema that nothing may be selected from. */
  constructor(module: TerraformModule, ownSchema: string) {
    module.variable("table_mappings", {
      type: flat(type),
      description:
        'The tables, and what becomes of them on the way, as in DMS\'s table mappings: `selection` rules include, exclude or, without wildcards, name tables (`rule_action` "include", "exclude" or "explicit"), `transformation` rules rename, add, remove and change. Names are to the letter, but for `%`, which stands for any characters; the schemas of tables that are included are named one by one. A rule that has a `name` keeps its id when what it says changes.',
      validation: validations(ownSchema),
    });
    const rules = new TerraformLocal(
      module,
      "mapping_rules",
      flat(`\${concat(
        [for rule in var.table_mappings.selection : merge(
          { key = coalesce(rule.name, ${selectionLabel}), name = rule.name },
          { body = merge(
            {
              "rule-type" = "selection",
              "object-locator" = { for key, value in {
                "schema-name" = ${pattern("schema_name", 'rule.rule_action == "explicit"')},
                "table-name" = ${pattern("table_name", 'rule.rule_action == "explicit"')},
                "table-type" = rule.table_type
              } : key => value if value != null },
              "rule-action" = rule.rule_action
            },
            { for key, value in { "load-order" = rule.load_order } : key => value if value != null },
            { for key, value in { filters = [for filter in rule.filters : {
              "filter-type" = "source",
              "column-name" = filter.column_name,
              "filter-conditions" = [for condition in filter.conditions : { for key, value in {
                "filter-operator" = condition.operator,
                value = condition.value,
                "start-value" = condition.start_value,
                "end-value" = condition.end_value
              } : key => value if value != null }]
            }] } : key => value if rule.rule_action != "exclude" }
          ) }
        )],
        [for rule in var.table_mappings.transformation : merge(
          { key = coalesce(rule.name, ${transformationLabel}), name = rule.name },
          { body = { for key, value in {
            "rule-type" = "transformation",
            "rule-target" = rule.rule_target,
            "object-locator" = { for key, value in {
              "schema-name" = ${pattern("schema_name", 'rule.rule_action == "define-primary-key"')},
              "table-name" = rule.table_name == null ? null : ${pattern("table_name", 'rule.rule_action == "define-primary-key"')},
              "column-name" = rule.column_name
            } : key => value if value != null },
            "rule-action" = rule.rule_action,
            value = rule.value,
            "old-value" = rule.old_value,
            expression = rule.expression,
            "data-type" = rule.data_type == null ? null : { for key, value in rule.data_type : key => value if value != null },
            "primary-key-def" = rule.primary_key_def
          } : key => value if value != null } }
        )]
      )}`),
    );
    // The id of modules/dms: nine digits, from what the rule is known by.
    const id = "tostring(100000000 + parseint(substr(sha256(rule.key), 0, 8), 16) % 900000000)";
    this.json = flat(`\${jsonencode({ rules = [for rule in local.${rules.friendlyUniqueId} : merge(
      rule.body,
      { "rule-id" = ${id}, "rule-name" = coalesce(rule.name, ${id}) }
    )] })}`);

    const selected = new TerraformLocal(
      module,
      "selected_tables",
      flat(`\${{ for schema in distinct([for rule in var.table_mappings.selection : rule.schema_name if rule.rule_action != "exclude"]) :
        schema => anytrue([for rule in ${included("schema")} : strcontains(rule.table_name, "%")])
          ? tolist([])
          : distinct([for rule in ${included("schema")} : rule.table_name])
      }}`),
    );
    this.tablesBySchema = `local.${selected.friendlyUniqueId}`;
  }
}

/** A name as DMS reads it: a plain underscore would be any character. */
function pattern(attribute: string, toTheLetter: string): string {
  return `(${toTheLetter} ? rule.${attribute} : replace(coalesce(rule.${attribute}, "-"), "_", "[_]"))`;
}

function included(schema: string): string {
  return `[for rule in var.table_mappings.selection : rule if rule.rule_action != "exclude" && rule.schema_name == ${schema}]`;
}

function validations(ownSchema: string): { readonly condition: string; readonly errorMessage: string }[] {
  const every = (kind: "selection" | "transformation", condition: string) =>
    `\${alltrue([for rule in var.table_mappings.${kind} : ${condition}])}`;
  const everyFilter = (condition: string) =>
    every("selection", `alltrue([for filter in rule.filters : ${condition}])`);
  const once = (elements: string) => `\${length(distinct(${elements})) == length(${elements})}`;
  const all = (text: (kind: string) => string) => `concat(${text("selection")}, ${text("transformation")})`;
  const names = `${all((kind) => `[for rule in var.table_mappings.${kind} : [rule.schema_name, coalesce(rule.table_name, "-")]]`)}`;
  const needs = (attribute: string, when: string) => `(rule.${attribute} != null) == (${when})`;
  const needsValue =
    '(can(regex("-(prefix|suffix)$|mask$", rule.rule_action)) && rule.rule_action != "data-masking-hash-mask") || contains(["rename", "add-column"], rule.rule_action)';
  return [
    {
      condition: '${anytrue([for rule in var.table_mappings.selection : rule.rule_action != "exclude"])}',
      errorMessage: "table_mappings.selection must have a rule that includes tables.",
    },
    {
      condition: every("selection", 'contains(["include", "exclude", "explicit"], rule.rule_action)'),
      errorMessage: 'table_mappings.selection: rule_action must be "include", "exclude" or "explicit".',
    },
    {
      condition: `\${alltrue([for name in flatten(${names}) : name != "" && !can(regex("[[]|]", name))])}`,
      errorMessage:
        "table_mappings: schema_name and table_name must be names without brackets, which DMS reads as a set of characters.",
    },
    {
      condition: every("selection", 'rule.rule_action == "exclude" || !strcontains(rule.schema_name, "%")'),
      errorMessage:
        "table_mappings.selection must include schemas by name, each with a rule: DMS's user gets its privileges schema by schema.",
    },
    {
      condition: every("selection", 'rule.rule_action != "explicit" || !strcontains(rule.table_name, "%")'),
      errorMessage: 'table_mappings.selection: explicit rules must have a table_name without "%".',
    },
    {
      condition: every("selection", `rule.rule_action == "exclude" || rule.schema_name != "${ownSchema}"`),
      errorMessage: `table_mappings.selection must not include the schema "${ownSchema}", which is DMS's own in this module.`,
    },
    {
      condition: every(
        "selection",
        'rule.table_type == null || (contains(["table", "view", "all"], coalesce(rule.table_type, "-")) && rule.rule_action == "include")',
      ),
      errorMessage:
        'table_mappings.selection: table_type must be "table", "view" or "all", and is for rules that include.',
    },
    {
      condition: every(
        "selection",
        "floor(coalesce(rule.load_order, 1)) == coalesce(rule.load_order, 1) && coalesce(rule.load_order, 1) >= 1 && coalesce(rule.load_order, 1) <= 2147483647",
      ),
      errorMessage: "table_mappings.selection: load_order must be a whole number from 1 to 2147483647.",
    },
    {
      condition: everyFilter(`contains(${JSON.stringify(FILTERABLE_TYPES)}, filter.column_type)`),
      errorMessage: `table_mappings.selection: filters must be on a column of a type that is no LOB to DMS: ${FILTERABLE_TYPES.join(", ")}.`,
    },
    {
      condition: everyFilter(
        `length(filter.conditions) > 0 && alltrue([for condition in filter.conditions : contains(["eq", "noteq", "gte", "ste", "between", "notbetween", "null", "notnull"], condition.operator) && (condition.value != null) == contains(["eq", "noteq", "gte", "ste"], condition.operator) && alltrue([for end in [condition.start_value, condition.end_value] : (end != null) == can(regex("between$", condition.operator))])])`,
      ),
      errorMessage:
        "table_mappings.selection: filters must have at least one condition, and each an operator (eq, noteq, gte, ste with value; between, notbetween with start_value and end_value; null, notnull).",
    },
    {
      condition: every(
        "transformation",
        `contains(["schema", "table", "column"], rule.rule_target) && (can(regex("^${renaming}$", rule.rule_action)) || contains(${JSON.stringify(others.table)}, rule.rule_target == "table" ? rule.rule_action : "") || contains(${JSON.stringify(others.column)}, rule.rule_target == "column" ? rule.rule_action : ""))`,
      ),
      errorMessage: `table_mappings.transformation: rule_target must be "schema", "table" or "column", and rule_action one of rename, convert-lowercase, convert-uppercase, add-prefix, remove-prefix, replace-prefix and the same of suffix; of a table also ${others.table.join(", ")}, of a column ${others.column.join(", ")}.`,
    },
    {
      condition: every(
        "transformation",
        [
          needs("table_name", 'rule.rule_target != "schema"'),
          needs("column_name", 'rule.rule_target == "column" && rule.rule_action != "add-column"'),
          needs("value", needsValue),
          needs("old_value", 'startswith(rule.rule_action, "replace-")'),
          needs("expression", 'rule.rule_action == "add-column"'),
          needs("data_type", 'contains(["add-column", "change-data-type"], rule.rule_action)'),
          needs("primary_key_def", 'rule.rule_action == "define-primary-key"'),
        ].join(" && "),
      ),
      errorMessage:
        "table_mappings.transformation: each rule must have what its rule_target and rule_action need, and nothing else: table_name, column_name; value (the new name, prefix, suffix, column or mask), old_value (replace-…), expression (add-column), data_type (add-column, change-data-type), primary_key_def (define-primary-key).",
    },
    {
      condition: once(
        `concat([for rule in var.table_mappings.selection : ${selectionLabel}], [for rule in var.table_mappings.transformation : ${transformationLabel}])`,
      ),
      errorMessage: "table_mappings must have each rule once: leave one out of those that do the same.",
    },
    {
      condition: once(
        `compact(${all((kind) => `[for rule in var.table_mappings.${kind} : coalesce(rule.name, " ") == " " ? "" : rule.name]`)})`,
      ),
      errorMessage: "table_mappings: each name must be there once.",
    },
  ];
}

/** An expression in one line: JSON has no other. */
function flat(expression: string): string {
  return expression.replace(/\s*\n\s*/g, " ");
}
