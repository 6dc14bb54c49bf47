import { eventually } from "../../../support/eventually";
import { killServer } from "../../../support/faults/server-faults";
import type { Database } from "../../database";
import type { Environment } from "../../environment";
import type { Model } from "../../model";
import { expectApplied, expectPlanReports } from "./expectations";
import { disablesItself, type Fault } from "./fault";

const OUTAGES: Readonly<Record<string, (environment: Environment) => Promise<unknown>>> = {
  "the publisher restarts": ({ publisher }) => publisher.server.restart(),
  "the subscriber restarts": ({ subscriber }) => subscriber.server.restart(),
  "the publisher is killed": ({ publisher }) => crash(publisher),
  "the subscriber is killed": ({ subscriber }) => crash(subscriber),
  "the connection between the servers is cut": ({ link }) => Promise.resolve(link.cut()),
  "the subscription's workers are terminated": ({ subscriber }) =>
    subscriber.query("SELECT pg_terminate_backend(pid) FROM pg_stat_subscription WHERE pid IS NOT NULL"),
};

/** Faults after which replication continues by itself, unless the subscription disables itself. */
export const outages: Readonly<Record<string, Fault>> = Object.fromEntries(
  Object.entries(OUTAGES).map(([name, cause]) => [name, outage(cause)]),
);

async function crash({ server }: Database): Promise<void> {
  await killServer(server);
  await server.restart();
}

function outage(cause: (environment: Environment) => Promise<unknown>): Fault {
  return {
    async run(environment, model) {
      const former = await workerOf(environment);
      await cause(environment);
      if (disablesItself(model)) await enableAgain(environment, model, former);
      return model;
    },
  };
}

/** Waits until a new worker runs or the subscription is disabled. The plan reports the latter, and an apply enables it. */
async function enableAgain(
  environment: Environment,
  model: Model,
  former: string | undefined,
): Promise<void> {
  const isDisabled = async (): Promise<boolean> =>
    (await environment.subscriber.column("SELECT subenabled FROM pg_subscription"))[0] === "false";
  await eventually(async () => {
    const current = await workerOf(environment);
    return (current !== undefined && current !== former) || (await isDisabled());
  });
  if (!(await isDisabled())) return;
  await expectPlanReports(environment, /disabled itself/);
  await expectApplied(environment, model);
}

async function workerOf({ subscriber }: Environment): Promise<string | undefined> {
  const [pid] = await subscriber.column(
    "SELECT pid FROM pg_stat_subscription WHERE relid IS NULL AND received_lsn IS NOT NULL",
  );
  return pid;
}
