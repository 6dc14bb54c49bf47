import type { TaskSettings } from "./task-settings";

/** The least and the greatest value of numbers whose limits DMS's documentation names; others are 0 or more. */
const limits: Readonly<Record<string, readonly [least: number, greatest: number]>> = {
  lobMaxSize: [1, 2_147_483_647],
  lobChunkSize: [1, 64],
  inlineLobMaxSize: [0, 102_400],
  maxFullLoadSubTasks: [1, 49],
  commitRate: [1, 50_000],
  historyTimeslotInMinutes: [1, 1440],
  streamBufferCount: [1, 2_147_483_647],
  streamBufferSizeInMB: [1, 2_147_483_647],
  ctrlStreamBufferSizeInMB: [1, 8],
  statementCacheSize: [0, 200],
  recoverableErrorCount: [-1, 2_147_483_647],
  threadCount: [1, 2_147_483_647],
  partitionSize: [1, 2_147_483_647],
};

/**
 * Refuses settings that DMS would refuse, or act on in another way than meant. The types refuse most of it, but do not
 * hold for who calls from JavaScript, or computes a setting.
 *
 * @throws Error, which names the setting.
 */
export function requireTaskSettings(settings: TaskSettings): void {
  for (const [group, members] of Object.entries(settings)) {
    for (const [name, value] of Object.entries((members ?? {}) as Record<string, unknown>)) {
      if (typeof value === "number") requireNumber(`${group}.${name}`, value, limits[name]);
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
      `targetMetadata.${parallelApply} must be left out: DMS does not apply changes to PostgreSQL in parallel.`,
    );
  }
  const batches: boolean = targetMetadata.batchApplyEnabled ?? false;
  if (batches && targetMetadata.lobMode === "full") {
    throw new Error(
      'targetMetadata.batchApplyEnabled must be false with lobMode "full": a batch has LOBs of limited size only. Got true.',
    );
  }
  if (batches && loopbackPreventionSettings !== undefined) {
    throw new Error(
      "targetMetadata.batchApplyEnabled must be false with loopbackPreventionSettings: DMS tells single changes apart, not batches. Got true.",
    );
  }
  if (fullLoadSettings.stopTaskCachedChangesApplied && fullLoadSettings.stopTaskCachedChangesNotApplied) {
    throw new Error(
      "fullLoadSettings.stopTaskCachedChangesApplied and stopTaskCachedChangesNotApplied must not both be true: the task stops before or after it applies changes.",
    );
  }
  const { batchApplyTimeoutMin: min = 1, batchApplyTimeoutMax: max = 30 } = changeProcessingTuning ?? {};
  if (min >= max) {
    throw new Error(
      `changeProcessingTuning.batchApplyTimeoutMax must be more than batchApplyTimeoutMin, in seconds. Got ${max}, and ${min}.`,
    );
  }
}

function requireNumber(
  name: string,
  value: number,
  [least, greatest]: readonly [number, number] = [0, 2_147_483_647],
): void {
  if (Number.isInteger(value) && value >= least && value <= greatest) return;
  throw new Error(`${name} must be a whole number from ${least} to ${greatest}. Got ${value}.`);
}
