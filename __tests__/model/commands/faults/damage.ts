import { eventually } from "../../../support/eventually";
import type { Environment } from "../../environment";
import { hasColumnList, type Model, publishedTables, tablesOf } from "../../model";
import { withSubscription } from "../change";
import { copyAgain, expectApplied, expectPlanReports, expectRefused, wouldCopyTwice } from "./expectations";
import { disablesItself, type Fault, isEnabled } from "./fault";

/** Faults that stop replication or lose rows until the user does what the messages advise. */
export const damage: Readonly<Record<string, Fault>> = {
  "the slot is dropped": {
    isPossible: (model) => isEnabled(model) && !disablesItself(model),
    async run(environment, model) {
      await dropSlot(environment, model);
      await expectPlanReports(environment, /slot/i);
      return copyAgain(environment, model);
    },
  },
  "the subscription is dropped": {
    async run(environment, model) {
      await environment.subscriber.query(`DROP SUBSCRIPTION ${model.subscription.name}`);
      await expectPlanReports(environment, /^postgresql_subscription\.s: create/);
      if (isEnabled(model) && wouldCopyTwice(model))
        await expectRefused(environment, model, /contains? rows/);
      return copyAgain(environment, model);
    },
  },
  "a publication is dropped": {
    isPossible: isEnabled,
    async run(environment, model) {
      const key = model.subscription.publications[0] ?? "";
      await environment.publisher.query(`DROP PUBLICATION ${model.publications[key]?.name}`);
      await environment.writer.write();
      await expectPlanReports(environment, new RegExp(`^postgresql_publication\\.${key}: create`));
      return copyAgain(environment, model);
    },
  },
  "a table is removed from a publication outside of Terraform": {
    isPossible: (model) => isEnabled(model) && removableTable(model) !== undefined,
    async run(environment, model) {
      const { key, name, table } = removableTable(model) ?? {};
      await environment.publisher.query(`ALTER PUBLICATION ${name} DROP TABLE public.${table}`);
      await expectPlanReports(environment, new RegExp(`^postgresql_publication\\.${key}: update`));
      await expectApplied(environment, model);
      return copyAgain(environment, model);
    },
  },
  "a row at the subscriber conflicts with a replicated row": {
    isPossible: (model) =>
      isEnabled(model) && model.majors.subscriber >= 15 && tablesWithKey(model).length > 0,
    async run(environment, model) {
      const { publisher, subscriber } = environment;
      const table = tablesWithKey(model)[0] ?? "";
      const [id] = await publisher.column("SELECT nextval('writer.ids')");
      await subscriber.query(`INSERT INTO public.${table} VALUES (${id}, -1)`);
      await publisher.query(`INSERT INTO public.${table} VALUES (${id}, 0)`);
      await eventually(async () => {
        const errors = "SELECT apply_error_count FROM pg_stat_subscription_stats";
        return Number((await subscriber.column(errors))[0]) > 0;
      });
      await expectPlanReports(environment, /Replication is stopped|disabled itself/);
      await subscriber.query(
        `DELETE FROM public.${table} WHERE id = ${id}; DELETE FROM arrivals.rows WHERE id = ${id}`,
      );
      // With disable_on_error, the subscription has disabled itself.
      await expectApplied(environment, model);
      return model;
    },
  },
  "the replication role's password is changed outside of Terraform": {
    isPossible: (model) => isEnabled(model) && !disablesItself(model),
    async run(environment, model) {
      const { publisher, subscriber, link } = environment;
      await publisher.query("ALTER ROLE replicator PASSWORD 'another-password'");
      link.cut();
      await eventually(() => subscriber.server.log().includes("password authentication failed"));
      await expectPlanReports(environment, /^(warning|error)/);
      const rotated = withSubscription(model, { passwordVersion: model.subscription.passwordVersion + 1 });
      await expectApplied(environment, rotated);
      return rotated;
    },
  },
  "a column is added at the publisher only": {
    isPossible: (model) => isEnabled(model) && tablesWithAllColumns(model).length > 0,
    async run(environment, model) {
      const table = tablesWithAllColumns(model)[0] ?? "";
      const column = `c${model.named}`;
      await environment.publisher.query(`ALTER TABLE public.${table} ADD COLUMN ${column} text`);
      await environment.writer.write();
      await expectPlanReports(environment, new RegExp(column));
      await environment.subscriber.query(`ALTER TABLE public.${table} ADD COLUMN ${column} text`);
      await expectApplied(environment, model);
      return { ...model, named: model.named + 1 };
    },
  },
};

const tablesWithKey = (model: Model): string[] =>
  publishedTables(model).filter((table) => model.tables[table]?.identity === "key");

const tablesWithAllColumns = (model: Model): string[] =>
  publishedTables(model).filter((table) => !hasColumnList(model, table));

/** A table that exactly one publication of the subscription publishes. */
function removableTable(
  model: Model,
): { readonly key: string; readonly name: string; readonly table: string } | undefined {
  const all = model.subscription.publications.flatMap((key) => tablesOf(model, model.publications[key]));
  for (const key of model.subscription.publications) {
    const { name = "", tables = [] } = model.publications[key] ?? {};
    const table = tables.find((each) => all.filter((other) => other === each).length === 1);
    if (table !== undefined) return { key, name, table };
  }
  return undefined;
}

async function dropSlot({ publisher, link }: Environment, { subscription }: Model): Promise<void> {
  await link.refuse();
  const active = `SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '${subscription.slotName}' AND active`;
  await eventually(async () => (await publisher.query(active)).length === 0);
  await publisher.query(`SELECT pg_drop_replication_slot('${subscription.slotName}')`);
  await link.pass();
}
