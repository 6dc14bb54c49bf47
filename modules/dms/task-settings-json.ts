import type { TaskSettings } from "./task-settings";
import { completeSettings } from "./task-settings-defaults";
import { requireTaskSettings } from "./task-settings-limits";

/**
 * DMS's JSON for task settings. It contains all settings, so that DMS adds none and Terraform reports no drift. Only the
 * names of the log group and the log stream are missing, which DMS determines.
 *
 * @throws Error if a setting exceeds its limits, or two settings exclude each other. The message names the setting.
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.html
 */
export function taskSettingsJson(settings: TaskSettings): string {
  requireTaskSettings(settings);
  return JSON.stringify(completeSettings(settings));
}
