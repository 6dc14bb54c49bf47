import { INITIAL_SYNC, REPLICATED_SCHEMA, SUBSCRIPTION } from "../../configuration";
import type { Environment } from "../../environment";
import type { Model } from "../../model";
import {
  copyAgain,
  expectApplied,
  expectRefused,
  expectReplacementRefused,
  wouldCopyTwice,
} from "./expectations";
import { type Fault, isEnabled } from "./fault";

/** What users do with Terraform's other commands. */
export const terraformCommands: Readonly<Record<string, Fault>> = {
  "the subscription is replaced although its tables contain rows": {
    isPossible: wouldCopyTwice,
    async run(environment, model) {
      await expectReplacementRefused(environment, model);
      return model;
    },
  },
  "the tables are emptied and the subscription is replaced": { run: copyAgain },
  "the subscription is tainted and untainted": {
    isPossible: wouldCopyTwice,
    async run(environment, model) {
      await environment.terraform.command("taint", SUBSCRIPTION);
      await expectRefused(environment, model, /contains? rows/);
      await environment.terraform.command("untaint", SUBSCRIPTION);
      return model;
    },
  },
  "a publication is tainted and untainted": {
    async run(environment, model) {
      const address = `postgresql_publication.${model.subscription.publications[0]}`;
      await environment.terraform.command("taint", address);
      await environment.terraform.command("untaint", address);
      await expectApplied(environment, model);
      return model;
    },
  },
  "the subscription is removed from the state and imported": {
    run: (environment, model) =>
      importAgain(environment, model, SUBSCRIPTION, `postgres.${model.subscription.name}`),
  },
  "a publication is removed from the state and imported": {
    run(environment, model) {
      const [key, publication] = Object.entries(model.publications)[0] ?? [];
      const address = `postgresql_publication.${key}`;
      return importAgain(environment, model, address, `postgres.${publication?.name}`);
    },
  },
  "the replication role is removed from the state and imported": {
    run: (environment, model) => importAgain(environment, model, "postgresql_role.replicator", "replicator"),
  },
  "the replicated schema and the initial copy are removed from the state and applied again": {
    isPossible: isEnabled,
    async run(environment, model) {
      await environment.terraform.command("state", "rm", REPLICATED_SCHEMA, INITIAL_SYNC);
      await expectApplied(environment, model);
      return model;
    },
  },
};

async function importAgain(
  environment: Environment,
  model: Model,
  address: string,
  id: string,
): Promise<Model> {
  await environment.terraform.command("state", "rm", address);
  await environment.terraform.import(address, id);
  await expectApplied(environment, model);
  return model;
}
