import { type IntegerLimits, requireInteger } from "../validation";
import type { TaskSettings } from "./task-settings";

/** Limits of numbers by DMS's documentation. Other numbers are at least 0. */
const LIMITS: Readonly<Record<string, IntegerLimits>> = {
  lobMaxSize: { min: 1 },
  lobChunkSize: { min: 1, max: 64 },
  inlineLobMaxSize: { max: 102_400 },
  maxFullLoadSubTasks: { min: 1, max: 49 },
  commitRate: { min: 1, max: 50_000 },
  historyTimeslotInMinutes: { min: 1, max: 1440 },
  streamBufferCount: { min: 1 },
  streamBufferSizeInMB: { min: 1 },
  ctrlStreamBufferSizeInMB: { min: 1, max: 8 },
  statementCacheSize: { max: 200 },
  recoverableErrorCount: { min: -1 },
  threadCount: { min: 1 },
  partitionSize: { min: 1 },
};

/**
 * Rejects settings that DMS rejects or misinterprets. The types exclude most of them, but not for JavaScript callers and
 * computed settings.
 *
 * @throws Error if a setting is invalid. The message names the setting.
 */
export function requireTaskSettings(settings: TaskSettings): void {
  for (const [group, members] of Object.entries(settings)) {
    for (const [name, value] of Object.entries((members ?? {}) as Record<string, unknown>)) {
      if (typeof value === "number") requireInteger(`${group}.${name}`, value, LIMITS[name]);
    }
  }
  const {
    targetMetadata = {},
    loopbackPreventionSettings,
    fullLoadSettings = {},
    changeProcessingTuning,
  } = settings;
  const parallelApply = Object.keys(targetMetadata).find((name) => name.startsWith("parallelApply"));
  if (parallelApply !== undefined) {
    throw new Error(
      `targetMetadata.${parallelApply} must be omitted: DMS does not support parallel apply for PostgreSQL targets.`,
    );
  }
  const batches: boolean = targetMetadata.batchApplyEnabled ?? false;
  if (batches && targetMetadata.lobMode === "full") {
    throw new Error(
      'targetMetadata.batchApplyEnabled must be false with lobMode "full": batches support only LOBs of limited size. Got true.',
    );
  }
  if (batches && loopbackPreventionSettings !== undefined) {
    throw new Error(
      "targetMetadata.batchApplyEnabled must be false with loopbackPreventionSettings: DMS cannot detect loopback changes in batches. Got true.",
    );
  }
  if (fullLoadSettings.stopTaskCachedChangesApplied && fullLoadSettings.stopTaskCachedChangesNotApplied) {
    throw new Error(
      "fullLoadSettings.stopTaskCachedChangesApplied and stopTaskCachedChangesNotApplied must not both be true: the task stops either before or after it applies changes.",
    );
  }
  const { batchApplyTimeoutMin: min = 1, batchApplyTimeoutMax: max = 30 } = changeProcessingTuning ?? {};
  if (min >= max) {
    throw new Error(
      `changeProcessingTuning.batchApplyTimeoutMax must exceed batchApplyTimeoutMin. Got ${max} and ${min} seconds.`,
    );
  }
}
