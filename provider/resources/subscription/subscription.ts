import type { StateOperation } from "../../framework/resource";
import { parseConninfo } from "../../postgres/conninfo";
import type { PostgresServer } from "../../postgres/server";
import {
  databaseObjectId,
  databaseObjectLabel,
  databaseOf,
  nullWithoutDatabase,
  parseDatabaseObjectId,
} from "../shared/database-object";
import { define } from "../shared/define";
import { slotNameComplaint } from "../shared/identifier";
import { type FoundSubscription, findSubscription } from "./catalog";
import { dropSlot } from "./change";
import { createSubscription } from "./create";
import { dropSubscription } from "./destroy";
import { planSubscription } from "./plan";
import { remember } from "./remembered";
import { type SubscriptionSchema, subscriptionSchema } from "./schema";
import { stateOf } from "./state";
import { updateSubscription } from "./update";

export const subscription = define({
  typeName: "postgresql_subscription",
  displayName: "subscription",
  schema: subscriptionSchema,
  identify: databaseObjectId,
  describe: (values) => databaseObjectLabel("subscription", values),

  validate(config, diagnostics) {
    const slot = config.slot_name === null ? config.name : undefined;
    const complaint = slot === undefined ? null : slotNameComplaint(slot);
    if (complaint !== null) {
      diagnostics.error(
        "Missing attribute",
        `Unless slot_name is set, the slot has the subscription's name, and that name ${complaint} Set slot_name.`,
        ["slot_name"],
      );
    }
    if (config.password_wo != null && config.conninfo !== undefined && hasPassword(config.conninfo)) {
      diagnostics.error(
        "Conflicting attributes",
        "conninfo contains a password, and password_wo is set as well. Take the password out of conninfo: Terraform would store it in the state.",
        ["conninfo"],
      );
    }
  },

  modifyPlan: planSubscription,
  create: createSubscription,

  read: (operation) =>
    nullWithoutDatabase(async () => {
      const { provider, state, signal } = operation;
      const database = databaseOf(state, provider);
      const found = await findSubscription(provider, database, state.name, signal);
      if (found === undefined) return null;
      warnOfFormerSlot(operation, found);
      remember(provider, `${database}.${state.name}`, found);
      return stateOf(found, database, state);
    }),

  update: updateSubscription,

  delete: (operation) =>
    nullWithoutDatabase(async () => {
      const { provider, state } = operation;
      await dropSubscription(
        operation,
        databaseOf(state, provider),
        databaseObjectLabel("subscription", state),
      );
      return null;
    }).then(() => undefined),

  importState: parseDatabaseObjectId,
});

/** An apply that is killed between two slots cannot report the one that it leaves. */
function warnOfFormerSlot(
  { state, warn }: StateOperation<SubscriptionSchema, PostgresServer>,
  { row: { slot_name: current } }: FoundSubscription,
): void {
  const { slot_name: former } = state;
  if (!state.create_slot || former === null || current === null || current === former) return;
  warn(
    "Subscription uses another slot",
    `${databaseObjectLabel("Subscription", state)} uses the slot ${JSON.stringify(current)} now. Terraform created the slot ${JSON.stringify(former)} for it. ` +
      "An apply was interrupted, or something else changed the subscription. " +
      `If the slot ${JSON.stringify(former)} still exists at the publisher and nothing reads from it, it retains WAL. Drop it there: ${dropSlot(former).text};`,
  );
}

function hasPassword(conninfo: string): boolean {
  try {
    return Boolean(parseConninfo(conninfo).get("password"));
  } catch {
    // The attribute's own validation says what is wrong with it.
    return false;
  }
}
