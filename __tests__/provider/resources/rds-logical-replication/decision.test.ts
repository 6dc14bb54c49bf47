import {
  decide,
  type Done,
  type Look,
  SETTLED_AFTER_MS,
} from "../../../../provider/resources/rds-logical-replication/decision";

const look = (changes: Partial<Look>): Look => ({
  ready: true,
  parameterApplyStatus: "in-sync",
  walLevel: "logical",
  inSyncMs: 0,
  ...changes,
});
const untouched: Done = { changed: false, rebooted: false };
const attached: Done = { changed: true, rebooted: false };
const rebooted: Done = { changed: true, rebooted: true };
const settled = { inSyncMs: SETTLED_AFTER_MS };

test.each<[string, Partial<Look>, Done, string]>([
  ["what is live already is left alone", {}, untouched, "live"],
  ["in-sync right after attaching is not believed yet", {}, attached, "wait"],
  ["in-sync for long after attaching is believed", settled, attached, "live"],
  ["in-sync after the reboot is believed at once", {}, rebooted, "live"],
  [
    "pending-reboot leads to a reboot",
    { parameterApplyStatus: "pending-reboot", walLevel: null },
    attached,
    "reboot",
  ],
  [
    "pending-reboot that was there before leads to a reboot",
    { parameterApplyStatus: "pending-reboot", walLevel: null },
    untouched,
    "reboot",
  ],
  [
    "there is no second reboot, whatever RDS says",
    { parameterApplyStatus: "pending-reboot", ...settled },
    rebooted,
    "wait",
  ],
  [
    "nothing is rebooted that is busy",
    { ready: false, parameterApplyStatus: "pending-reboot" },
    attached,
    "wait",
  ],
  [
    "applying is waited for",
    { parameterApplyStatus: "applying", walLevel: null, ...settled },
    attached,
    "wait",
  ],
  ["an unknown status is waited for", { parameterApplyStatus: null, ...settled }, untouched, "wait"],
  ["a server that is not back yet is waited for", { walLevel: null, ...settled }, rebooted, "wait"],
  ["another wal_level may be about to be noticed by RDS", { walLevel: "replica" }, untouched, "wait"],
  [
    "another wal_level that RDS knows no reason for is no reason to reboot",
    { walLevel: "replica", ...settled },
    untouched,
    "not live",
  ],
  [
    "another wal_level after the reboot is an error",
    { walLevel: "replica", ...settled },
    rebooted,
    "not live",
  ],
])("%s", (_, changes, done, decision) => {
  expect(decide(look(changes), done)).toBe(decision);
});
