/** Part of `terraform show -json` of a plan. */
export interface PlanFile {
  readonly resource_changes: readonly {
    readonly module_address?: string;
    readonly mode: "managed" | "data";
    readonly type: string;
    readonly change: PlannedChange;
  }[];
  readonly output_changes: Readonly<Record<string, PlannedChange>>;
}

interface PlannedChange {
  readonly after: unknown;
  readonly after_unknown: unknown;
}

/** A resource that a plan creates: its type, and its values; its address is left out. */
export interface PlannedResource {
  readonly type: string;
  readonly values: unknown;
}

type Values = Readonly<Record<string, unknown>>;

/** In place of a value that the plan does not know. */
const UNKNOWN = "(known after apply)";

/** What only the stacks have: the modules leave alarms and dashboards to their users. */
const MONITORING = ["aws_cloudwatch_metric_alarm", "aws_cloudwatch_dashboard"];

/**
 * The resources that a child module of the root module creates, in an order that depends on nothing but their values.
 *
 * These differences have no effect, and are removed:
 * - Addresses. CDKTF appends a hash to each name, and the modules use `count` and `for_each`.
 * - Order and spaces in JSON texts, such as policies and DMS's settings.
 * - Tags: an empty map and none.
 * - Final snapshots: the module's trigger contains the default values that the construct omits.
 * - `publisher_conninfo`: the module always sets it, the construct only if it differs from `conninfo`, its default.
 * - Row counts: the module counts the rows of no table where the construct has no resource.
 * - Monitoring: see {@link MONITORING}.
 */
export function plannedResources({ resource_changes: changes }: PlanFile, module: string): PlannedResource[] {
  return changes
    .filter(({ module_address: address, mode }) => address === `module.${module}` && mode === "managed")
    .map(({ type, change }) => ({ type, values: normalize(type, merge(change) as Values) }))
    .filter(({ type, values }) => !MONITORING.includes(type) && !countsNothing(type, values))
    .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

/** An output of the root module, with what the plan does not know. */
export function plannedOutput({ output_changes: changes }: PlanFile, name: string): unknown {
  const change = changes[name];
  if (change === undefined) {
    throw new Error(`The plan has no output ${name}.`);
  }
  return withParsedJson(merge(change));
}

function merge({ after, after_unknown: unknown }: PlannedChange): unknown {
  if (unknown === true) {
    return UNKNOWN;
  }
  if (Array.isArray(unknown)) {
    const values = (after ?? []) as readonly unknown[];
    return unknown.length > values.length
      ? unknown.map((part, index) => merge({ after: values[index], after_unknown: part }))
      : values.map((value, index) => merge({ after: value, after_unknown: unknown[index] }));
  }
  if (typeof unknown === "object" && unknown !== null) {
    const values = (after ?? {}) as Values;
    const names = new Set([...Object.keys(values), ...Object.keys(unknown)]);
    return Object.fromEntries(
      [...names].map((name) => [
        name,
        merge({ after: values[name], after_unknown: (unknown as Values)[name] }),
      ]),
    );
  }
  return after;
}

function normalize(type: string, values: Values): Values {
  const parsed = withParsedJson(values) as Values;
  return {
    ...parsed,
    ...("tags" in parsed && { tags: isEmpty(parsed["tags"]) ? null : parsed["tags"] }),
    ...(type === "terraform_data" && { triggers_replace: withDefaults(parsed["triggers_replace"]) }),
    ...(type === "postgresql_subscription" && {
      publisher_conninfo: parsed["publisher_conninfo"] ?? parsed["conninfo"],
    }),
  };
}

function withDefaults(trigger: unknown): unknown {
  const given = Object.entries(trigger as Values).filter(([, value]) => value !== null);
  return { masterUsername: "postgres", databaseName: "postgres", ...Object.fromEntries(given) };
}

function countsNothing(type: string, values: Values): boolean {
  return type === "postgresql_row_count" && isEmpty(values["tables"]);
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function withParsedJson(value: unknown): unknown {
  if (typeof value === "string") {
    return /^[[{]/.test(value) ? parse(value) : value;
  }
  if (Array.isArray(value)) {
    return value.map(withParsedJson);
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withParsedJson(part)]));
  }
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function sortKey({ type, values }: PlannedResource): string {
  return JSON.stringify([type, values], (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
