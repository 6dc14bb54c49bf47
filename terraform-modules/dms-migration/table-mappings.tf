# DMS's JSON for table mappings.
# https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.html

locals {
  # A rule's key identifies what the rule does to which object. Its ID is derived from its name or its key, so rules keep
  # their IDs when others are added or removed. All renaming actions are one action: DMS applies only one per object.
  selection_rules = [
    for rule in var.table_mappings.selection : merge(rule, {
      key = "selection \"${rule.rule_action} ${rule.schema_name}.${rule.table_name}\""
      # Except in explicit rules, DMS reads an underscore as any character; brackets escape it.
      schema_pattern = rule.rule_action == "explicit" ? rule.schema_name : replace(rule.schema_name, "_", "[_]")
      table_pattern  = rule.rule_action == "explicit" ? rule.table_name : replace(rule.table_name, "_", "[_]")
    })
  ]
  transformation_rules = [
    for rule in var.table_mappings.transformation : merge(rule, {
      key = format(
        "transformation \"%s %s\"",
        can(regex("^(rename|convert-(lowercase|uppercase)|(add|remove|replace)-(prefix|suffix))$", rule.rule_action))
        ? "rename ${rule.rule_target}"
        : rule.rule_action,
        join(".", compact([
          rule.schema_name,
          rule.table_name,
          rule.column_name,
          rule.rule_action == "add-column" ? rule.value : null,
        ])),
      )
      schema_pattern = (
        rule.rule_action == "define-primary-key" ? rule.schema_name : replace(rule.schema_name, "_", "[_]")
      )
      table_pattern = (
        rule.rule_action == "define-primary-key" || rule.table_name == null
        ? rule.table_name
        : replace(rule.table_name, "_", "[_]")
      )
    })
  ]

  mapping_rules = concat(
    [
      for rule in local.selection_rules : {
        key  = rule.key
        name = rule.name
        body = merge(
          {
            "rule-type" = "selection"
            "object-locator" = {
              for name, value in {
                "schema-name" = rule.schema_pattern
                "table-name"  = rule.table_pattern
                "table-type"  = rule.table_type
              } : name => value if value != null
            }
            "rule-action" = rule.rule_action
          },
          { for name in ["load-order"] : name => rule.load_order if rule.load_order != null },
          {
            for name in ["filters"] : name => [
              for filter in rule.filters : {
                "filter-type" = "source"
                "column-name" = filter.column_name
                "filter-conditions" = [
                  for condition in filter.conditions : {
                    for name, value in {
                      "filter-operator" = condition.operator
                      "value"           = condition.value
                      "start-value"     = condition.start_value
                      "end-value"       = condition.end_value
                    } : name => value if value != null
                  }
                ]
              }
            ] if rule.rule_action != "exclude"
          },
        )
      }
    ],
    [
      for rule in local.transformation_rules : {
        key  = rule.key
        name = rule.name
        body = {
          for name, value in {
            "rule-type"   = "transformation"
            "rule-target" = rule.rule_target
            "object-locator" = {
              for name, value in {
                "schema-name" = rule.schema_pattern
                "table-name"  = rule.table_pattern
                "column-name" = rule.column_name
              } : name => value if value != null
            }
            "rule-action"     = rule.rule_action
            "value"           = rule.value
            "old-value"       = rule.old_value
            "expression"      = rule.expression
            "data-type"       = rule.data_type == null ? null : { for name, value in rule.data_type : name => value if value != null }
            "primary-key-def" = rule.primary_key_def
          } : name => value if value != null
        }
      }
    ],
  )

  # Nine digits, as in DMS's console.
  rule_ids = [
    for rule in local.mapping_rules :
    tostring(100000000 + parseint(substr(sha256(coalesce(rule.name, rule.key)), 0, 8), 16) % 900000000)
  ]

  table_mappings = jsonencode({
    rules = [
      for index, rule in local.mapping_rules : merge(rule.body, {
        "rule-id"   = local.rule_ids[index]
        "rule-name" = coalesce(rule.name, local.rule_ids[index])
      })
    ]
  })
}
