import { type Model, tablesOf } from "../../model";
import { expectApplied, expectPlanReports } from "./expectations";
import { type Fault, isEnabled } from "./fault";

/** Changes outside of Terraform that the next apply reverts. */
export const drift: Readonly<Record<string, Fault>> = {
  "the subscription is disabled outside of Terraform": {
    isPossible: isEnabled,
    async run(environment, model) {
      await environment.subscriber.query(`ALTER SUBSCRIPTION ${model.subscription.name} DISABLE`);
      await expectPlanReports(environment, /^postgresql_subscription\.s: update/);
      await expectApplied(environment, model);
      return model;
    },
  },
  "an option of the subscription is changed outside of Terraform": {
    isPossible: ({ subscription }) => "synchronous_commit" in subscription.options,
    async run(environment, model) {
      const other = model.subscription.options["synchronous_commit"] === "local" ? "on" : "local";
      await environment.subscriber.query(
        `ALTER SUBSCRIPTION ${model.subscription.name} SET (synchronous_commit = '${other}')`,
      );
      await expectPlanReports(environment, /^postgresql_subscription\.s: update/);
      await expectApplied(environment, model);
      return model;
    },
  },
  "a table is added to a publication outside of Terraform": {
    isPossible: (model) => unpublishedTable(model) !== undefined && extensible(model) !== undefined,
    async run(environment, model) {
      const { key, name } = extensible(model) ?? {};
      await environment.publisher.query(
        `ALTER PUBLICATION ${name} ADD TABLE public.${unpublishedTable(model)}`,
      );
      await expectPlanReports(environment, new RegExp(`^postgresql_publication\\.${key}: update`));
      await expectApplied(environment, model);
      return model;
    },
  },
  "a table is dropped at the subscriber": {
    isPossible: (model) =>
      isEnabled(model) && model.subscription.options["two_phase"] !== true && model.subscribed.length > 0,
    async run(environment, model) {
      await environment.subscriber.query(`DROP TABLE public.${model.subscribed[0]}`);
      await expectPlanReports(environment, /^postgresql_replicated_schema\.s: update/);
      await expectApplied(environment, model);
      return model;
    },
  },
};

function unpublishedTable(model: Model): string | undefined {
  const published = Object.values(model.publications).flatMap((each) => tablesOf(model, each));
  return Object.keys(model.tables).find((table) => !published.includes(table));
}

/** A publication that lists its tables. */
function extensible({ publications }: Model): { readonly key: string; readonly name: string } | undefined {
  const [found] = Object.entries(publications).filter(([, { scope }]) => scope === "tables");
  return found && { key: found[0], name: found[1].name };
}
