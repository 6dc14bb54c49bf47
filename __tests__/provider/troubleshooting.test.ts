import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const resources = join(__dirname, "..", "..", "provider", "resources");
const guide = readFileSync(join(__dirname, "..", "..", "docs", "guides", "troubleshooting.md"), "utf8");
/** The first column of the guide's tables. */
const explained = new Set(guide.split("\n").map((line) => /^\| (.*?) +\|/.exec(line)?.[1]));

/** The folders whose diagnostics are about replication. */
const folders = [
  "publication",
  "subscription",
  "initial-sync",
  "replicated-schema",
  "replication-slot",
  "rds-logical-replication",
];

/** Diagnostics that explain themselves and are not about replication. */
const general = new Set([
  "Conflicting attributes",
  "Missing attribute",
  "Invalid import ID",
  "Object exists already",
]);

const SUMMARY =
  /(?:new DiagnosticError|\.error|\.warn|\bwarn)\(\s*"([^"]+)"|\bsummary: "([^"]+)"|(?:SUMMARY|OWN_SERVER) = "([^"]+)"/g;

function summariesOf(folder: string): string[] {
  return readdirSync(join(resources, folder))
    .map((file) => readFileSync(join(resources, folder, file), "utf8"))
    .flatMap((text) => [...text.matchAll(SUMMARY)].map((match) => match[1] ?? match[2] ?? match[3] ?? ""))
    .filter((summary) => !general.has(summary));
}

test.each(folders)("the troubleshooting guide explains every message of %s", (folder) => {
  const summaries = summariesOf(folder);
  expect(summaries).not.toEqual([]);
  expect(summaries.filter((summary) => !explained.has(summary))).toEqual([]);
});
