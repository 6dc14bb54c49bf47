import { SUBSCRIPTION_OPTIONS } from "../options";
import { type Change, newName, withSubscription } from "./change";

/** Changes of the subscription itself. */
export const subscriptionChanges: Readonly<Record<string, Change>> = {
  "rotate the password": {
    next: (model) => withSubscription(model, { passwordVersion: model.subscription.passwordVersion + 1 }),
  },
  "enable or disable the subscription": {
    next: (model) => withSubscription(model, { enabled: !model.subscription.enabled }),
  },
  "rename the subscription": {
    next(before) {
      const { name, model } = newName("sub_", before);
      return withSubscription(model, { name });
    },
  },
  "change slot_name": {
    next(before) {
      const { name: slotName, model } = newName("slot_", before);
      return withSubscription(model, { slotName });
    },
  },
  "change the owner": {
    next: (model) =>
      withSubscription(model, {
        owner: model.subscription.owner === "postgres" ? "other_owner" : "postgres",
      }),
  },
  "change conninfo": {
    next(before) {
      const { name: applicationName, model } = newName("application_", before);
      return withSubscription(model, { applicationName });
    },
  },
  "set an option": {
    next(model, pick) {
      const option = pick.one(
        SUBSCRIPTION_OPTIONS.filter(
          ({ since }) => model.majors.subscriber >= since && model.majors.publisher >= since,
        ),
      );
      const value = pick.one(option?.values ?? []);
      if (option === undefined || value === undefined) return undefined;
      return withSubscription(model, { options: { ...model.subscription.options, [option.name]: value } });
    },
  },
  "set several options": {
    next(model, pick) {
      const supported = SUBSCRIPTION_OPTIONS.filter(
        ({ since }) => model.majors.subscriber >= since && model.majors.publisher >= since,
      );
      const options = Object.fromEntries(
        supported.flatMap(({ name, values }) => {
          const value = pick.one(values);
          return pick.below(3) > 0 || value === undefined ? [] : [[name, value]];
        }),
      );
      return withSubscription(model, { options: { ...model.subscription.options, ...options } });
    },
  },
};
