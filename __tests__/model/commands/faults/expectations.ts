import { SUBSCRIPTION } from "../../configuration";
import type { Environment } from "../../environment";
import { type Model, publishedTables } from "../../model";
import { planOf } from "../../oracle";
import { requireRefusal } from "../change";

/** @throws Error unless the plan contains a change, a warning or an error that matches. */
export async function expectPlanReports(environment: Environment, pattern: RegExp): Promise<void> {
  const found = await planOf(environment);
  if (found.some((line) => pattern.test(line))) return;
  throw new Error(`The plan should report ${pattern}. It reports ${found.join("\n") || "nothing"}`);
}

/** @throws Error unless the apply succeeds. */
export async function expectApplied(environment: Environment, model: Model): Promise<void> {
  const { succeeded, messages } = await environment.apply(model);
  if (!succeeded) throw new Error(`The apply should succeed. ${messages.join("\n")}`);
}

/** @throws Error unless the apply fails with a message that matches. Whether it has changed anything is verified after the step. */
export async function expectRefused(
  environment: Environment,
  model: Model,
  pattern: RegExp,
  ...flags: string[]
): Promise<void> {
  requireRefusal(await environment.apply(model, ...flags), pattern);
}

/** Follows the advice to empty the tables and to replace the subscription. */
export async function copyAgain(environment: Environment, model: Model): Promise<Model> {
  const { succeeded, messages } = await environment.copyAgain(model);
  if (!succeeded) throw new Error(`Copying the tables again should succeed. ${messages.join("\n")}`);
  const tables = publishedTables(model);
  const { enabled } = model.subscription;
  // CREATE SUBSCRIPTION adds the tables even if the subscription is disabled. The copy begins when it is enabled.
  return { ...model, subscribed: tables, filled: enabled ? tables : [] };
}

/** Whether a replacement of the subscription would copy rows into tables that contain rows. */
export function wouldCopyTwice(model: Model): boolean {
  return publishedTables(model).some((table) => model.filled.includes(table));
}

/** @throws Error unless Terraform refuses to replace the subscription. */
export function expectReplacementRefused(environment: Environment, model: Model): Promise<void> {
  return expectRefused(environment, model, /contains? rows/, `-replace=${SUBSCRIPTION}`);
}
