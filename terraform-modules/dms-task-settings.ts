import { TerraformLocal } from "cdktf";
import { taskSettingsJson } from "../modules/dms/task-settings-json";
import type { TerraformModule } from "./terraform-module";

/**
 * The variable `task_settings` of a module.
 *
 * @param ownSchema - where DMS keeps its control tables, unless the variable says otherwise.
 * @returns Terraform's expression for DMS's JSON: all settings, so that there is nothing for DMS to add.
 */
export function dmsTaskSettings(module: TerraformModule, ownSchema: string): string {
  const usual: unknown = JSON.parse(
    taskSettingsJson({ controlTablesSettings: { controlSchema: ownSchema } }),
  );
  const local = `local.${new TerraformLocal(module, "usual_task_settings", usual).friendlyUniqueId}`;
  const every = (condition: string) =>
    `\${alltrue(flatten([for group, settings in var.task_settings : [for name, value in settings : ${condition}]]))}`;
  const json = (value: string) => `try(jsonencode(${value}), "-")`;
  const same = (kind: string) =>
    `can(regex("${kind}", ${json(`${local}[group][name]`)})) == can(regex("${kind}", ${json("value")}))`;
  module.variable("task_settings", {
    type: "any",
    description:
      "DMS's settings of the task that are not to be DMS's defaults, by DMS's own names, such as `{ FullLoadSettings = { TargetTablePrepMode = \"TRUNCATE_BEFORE_LOAD\" } }`. Tables that the subscriber has keep their rows, unless that says otherwise. DMS's control tables are in its own schema, `awsdms`.",
    default: {},
    validation: [
      {
        condition: `\${can(flatten([for settings in values(var.task_settings) : keys(settings)])) && alltrue([for group, settings in var.task_settings : can(keys(${local}[group])) && try(alltrue([for name in keys(settings) : contains(keys(${local}[group]), name)]), false)])}`,
        errorMessage:
          "task_settings must be groups of DMS's settings by their names, such as FullLoadSettings, each with settings by theirs, such as TargetTablePrepMode.",
      },
      {
        condition: every(`${same("^[tf]")} && ${same("^[-0-9]")} && ${same('^\\"')}`),
        errorMessage: "task_settings: numbers, truth values and texts must be where DMS has them.",
      },
      {
        condition: every('!startswith(name, "Parallel") || jsonencode(value) == "0"'),
        errorMessage:
          "task_settings: TargetMetadata.Parallel… must be left out: DMS does not apply changes to PostgreSQL in parallel.",
      },
    ],
  });
  return `\${jsonencode({ for group, usual in ${local} : group => try(merge(usual, var.task_settings[group]), usual) })}`;
}
