/**
 * How long parameters have to be in-sync, in milliseconds, before that is believed of a group that has just been attached
 * or changed: RDS notices by and by, and says "in-sync" of what was before until then, then "applying", and then
 * "pending-reboot".
 */
export const SETTLED_AFTER_MS = 30_000;

/** One look at a cluster or instance to which the group is to be attached. */
export interface Look {
  /** Whether it can be rebooted now, and shows the group as attached. */
  readonly ready: boolean;
  readonly parameterApplyStatus: string | null;
  /** The live setting; null when it was not asked, or there was no answer. */
  readonly walLevel: string | null;
  /** For how long it has been ready and in-sync. */
  readonly inSyncMs: number;
}

/** What has been done so far. */
export interface Done {
  /** Whether the group has just been attached or had its parameters changed. */
  readonly changed: boolean;
  readonly rebooted: boolean;
}

/**
 * What to do next: look again, reboot, or report. RDS alone decides on a reboot, and on no more than one; the live
 * setting alone decides on success. When both speak against each other for long (the connection may lead to another
 * server), that is an error and no reason to reboot.
 */
export function decide(look: Look, { changed, rebooted }: Done): "wait" | "reboot" | "live" | "not live" {
  if (!look.ready) return "wait";
  if (look.parameterApplyStatus === "pending-reboot") return rebooted ? "wait" : "reboot";
  if (look.parameterApplyStatus !== "in-sync" || look.walLevel === null) return "wait";
  const settled = look.inSyncMs >= SETTLED_AFTER_MS;
  if (look.walLevel === "logical") return !changed || rebooted || settled ? "live" : "wait";
  return settled ? "not live" : "wait";
}
