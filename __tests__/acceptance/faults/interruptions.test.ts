import { type Interruption, runInterrupted } from "../../support/faults/interruption";
import type { TcpProxy } from "../../support/faults/tcp-proxy";
import { createRole } from "../../support/role";
import { sharedServer } from "../../support/shared-environment";
import { type Terraform, TerraformError, type TerraformRun } from "../../support/terraform";
import type { Diagnostic } from "../../support/terraform-output";
import {
  type Attributes,
  createReplication,
  expectNothingLeft,
  expectRowsOnce,
  type Replication,
  remains,
} from "./replication";

// Each statement is interrupted in one way, and all ways get their turn. FAULTS is a regular expression: the statements
// that match it, and no others, are interrupted in every way. FAULTS=. interrupts all of them, which takes half an hour.
const { FAULTS } = process.env;
if (FAULTS !== undefined) jest.setTimeout(3_600_000);

/** On which connection a statement is sent: the provider's to each server, or any to the publisher by `conninfo`. */
type Side = "publisher" | "subscriber" | "link";

interface Case extends Required<Interruption> {
  readonly side: Side;
  /** The statement's text in the run that was not interrupted. */
  readonly text: string;
}

/** Each at the moment that leaves most behind, or is hardest to notice. */
const ways = [
  { how: "kill the provider", when: "after" },
  { how: "press Ctrl-C", when: "before" },
  { how: "cut the connection", when: "after" },
  { how: "kill Terraform", when: "after" },
  { how: "press Ctrl-C twice", when: "before" },
] as const;

const everyWay = ways.flatMap(({ how }) => [
  { how, when: "before" } as const,
  { how, when: "after" } as const,
]);

const SLOT_FUNCTION = /pg_\w+_replication_slot\(/;
/** What changes something, and what makes a change last. */
const CHANGE = /^(CREATE|ALTER|DROP|GRANT|REVOKE|COMMIT)\b|pg_\w+_replication_slot\(/m;
/** Over the link, the subscriber's workers send statements too. */
const STATEMENTS: Readonly<Record<Side, RegExp>> = {
  publisher: CHANGE,
  subscriber: CHANGE,
  link: SLOT_FUNCTION,
};
const sides = Object.keys(STATEMENTS) as Side[];

const AT_ONCE = 4;

const proxyOf = ({ access, link }: Replication, side: Side): TcpProxy =>
  side === "link" ? link : access[side];

/** What a run sends to change something, and each way in which it is interrupted there. */
async function casesOf(replication: Replication, run: () => Promise<unknown>): Promise<Case[]> {
  const proxies = sides.map((side) => ({ side, proxy: proxyOf(replication, side) }));
  const seen = proxies.map(({ proxy, ...rest }) => ({ ...rest, proxy, before: proxy.statements().length }));
  await run();
  const statements = seen.flatMap(({ side, proxy, before }) =>
    proxy
      .statements()
      .slice(before)
      .filter((text) => STATEMENTS[side].test(text))
      .map((text, nth) => ({ side, text, nth, statement: STATEMENTS[side] })),
  );
  return statements.flatMap((statement, index) => {
    if (FAULTS !== undefined && !new RegExp(FAULTS).test(statement.text)) return [];
    const turn = ways.filter((_, way) => way === index % ways.length);
    return (FAULTS === undefined ? turn : everyWay).map((way) => ({ ...statement, ...way }));
  });
}

/** Runs the cases, a few at a time: they mostly wait. @throws Error that names each case that failed, and why. */
async function inEachCase(cases: readonly Case[], work: (each: Case) => Promise<void>): Promise<void> {
  const failures: string[] = [];
  const queue = [...cases];
  const next = async (): Promise<void> => {
    for (let each = queue.shift(); each !== undefined; each = queue.shift()) {
      const { how, when, side, text } = each;
      await work(each).catch((error: Error) => {
        const line = text.split("\n").find((each) => STATEMENTS[side].test(each));
        failures.push(`${how} ${when} ${line?.slice(0, 80)} (${side}): ${error.message}`);
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  if (failures.length > 0)
    throw new Error(`${failures.length} of ${cases.length} cases:\n${failures.join("\n")}`);
}

/** Applies until it succeeds, and does what the errors and warnings say. */
async function applyAgain(replication: Replication, interrupted: TerraformRun): Promise<void> {
  const { terraform } = replication;
  await terraform.restoreLostState();
  let run: Pick<TerraformRun, "diagnostics"> = interrupted;
  for (;;) {
    await dropSlots(replication, run.diagnostics);
    try {
      run = await terraform.apply();
      break;
    } catch (error) {
      if (!(error instanceof TerraformError)) throw error;
      const exist = error.diagnostics.filter(({ detail }) => IMPORT.test(detail));
      for (const { address = "", detail } of exist)
        await adopt(terraform, address, IMPORT.exec(detail)?.[1] ?? "");
      if (exist.length === 0 && !error.diagnostics.some(({ detail }) => SLOT.test(detail))) throw error;
      run = error;
    }
  }
  await dropSlots(replication, run.diagnostics);
}

const IMPORT = /terraform import ADDRESS '([^']+)'/;
const SLOT = /pg_drop_replication_slot\('(\w+)'\)|replication slot "(\w+)" already exists/;

/** Imports an object. One that was renamed is in the state by its former name, and Terraform says to remove that first. */
async function adopt(terraform: Terraform, address: string, id: string): Promise<void> {
  try {
    await terraform.import(address, id);
  } catch (error) {
    if (!(error as Error).message.includes("must first remove the existing object from the state"))
      throw error;
    await terraform.command("state", "rm", address);
    await terraform.import(address, id);
  }
}

/** Drops the slots that diagnostics say to drop, if they still exist. */
async function dropSlots({ publisher }: Replication, diagnostics: readonly Diagnostic[]): Promise<void> {
  for (const { detail } of diagnostics) {
    const [, named, existing] = SLOT.exec(detail) ?? [];
    const drop = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1";
    if (named ?? existing) await publisher.query(drop, [named ?? existing]);
  }
}

let owner: string;

beforeAll(async () => {
  owner = (await createRole(sharedServer("subscriber"), "SUPERUSER")).username;
});

const createOwned = (): Promise<Replication> => createReplication({ subscription: { owner } });

/** Everything that can change in place, at once. */
const changed = ({ name }: Replication): Attributes => {
  const rotated = { password_wo: "${var.rotated_password}", password_wo_version: "2" };
  return {
    role: rotated,
    publication: { name: "renamed", tables: ["public.a", "public.b", "public.c"] },
    replicated_schema: rotated,
    subscription: {
      ...rotated,
      name: "renamed",
      slot_name: `${name}_renamed`,
      owner: null,
      failover: true,
      synchronous_commit: "local",
    },
  };
};

test("a creation that is interrupted at any statement is completed by the next apply, and no row is copied twice", async () => {
  const sample = await createOwned();
  const cases = await casesOf(sample, () => sample.terraform.apply());
  await inEachCase(cases, async (each) => {
    const replication = await createOwned();
    const run = await runInterrupted(replication.terraform, "apply", proxyOf(replication, each.side), each);
    await applyAgain(replication, run);
    await expectConverged(replication);
  });
});

test("a change that is interrupted at any statement is completed by the next apply, and no row is lost or repeated", async () => {
  const created = async (): Promise<Replication> => {
    const replication = await createOwned();
    await replication.terraform.apply();
    await replication.publisher.query("CREATE TABLE c (id int PRIMARY KEY); INSERT INTO c VALUES (1)");
    await replication.configure(changed(replication));
    return replication;
  };
  const sample = await created();
  const cases = await casesOf(sample, () => sample.terraform.apply());
  await inEachCase(cases, async (each) => {
    const replication = await created();
    const run = await runInterrupted(replication.terraform, "apply", proxyOf(replication, each.side), each);
    await applyAgain(replication, run);
    await expectRowsOnce(replication, ["a", "b", "c"]);
    // The publication's former name goes when no subscriber reads it.
    await replication.terraform.apply();
    await expectConverged(replication);
  });
});

test("a destroy that is interrupted at any statement leaves a subscription that works or none, and the next one completes it", async () => {
  const sample = await createReplication({ status: true });
  await sample.terraform.apply();
  const cases = await casesOf(sample, () => sample.terraform.destroy());
  await inEachCase(cases, async (each) => {
    const replication = await createReplication({ status: true });
    await replication.terraform.apply();
    await runInterrupted(replication.terraform, "destroy", proxyOf(replication, each.side), each);
    if ((await remains(replication)).includes("subscription s")) await expectRowsOnce(replication);
    await replication.terraform.restoreLostState();
    await destroyAgain(replication.terraform);
    await expectNothingLeft(replication);
  });
});

async function expectConverged(replication: Replication): Promise<void> {
  await expectRowsOnce(replication);
  await replication.terraform.expectEmptyPlan();
  await replication.terraform.destroy();
  await expectNothingLeft(replication);
}

/** Destroys as the error says. */
async function destroyAgain(terraform: Terraform): Promise<void> {
  await terraform.destroy().catch((error: Error) => {
    if (!error.message.includes("run terraform destroy -refresh=false")) throw error;
    return terraform.destroy("-refresh=false");
  });
}
