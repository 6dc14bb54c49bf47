import { CHANGING_STATEMENT, type Interrupter, runInterrupted } from "../../support/faults/interruption";
import { type Terraform, TerraformError } from "../../support/terraform";
import {
  createReplication,
  expectNothingLeft,
  expectRowsOnce,
  type Replication,
  remains,
} from "./replication";

type Side = "publisher" | "subscriber";

interface Case {
  readonly side: Side;
  readonly nth: number;
  /** The statement, in the run that was not interrupted. */
  readonly text: string;
  readonly how: Interrupter;
  readonly when: "before" | "after";
}

/** Each at the moment that leaves most behind, or is hardest to notice. */
const interruptions = [
  { how: "kill the provider", when: "after" },
  { how: "press Ctrl-C", when: "before" },
  { how: "cut the connection", when: "after" },
] as const;

/** Every statement that a run sends to change something, by the server that receives it. */
async function statementsOf(
  replication: Replication,
  run: (terraform: Terraform) => Promise<unknown>,
): Promise<Record<Side, string[]>> {
  const { terraform, access } = replication;
  const seen = {
    publisher: access.publisher.statements().length,
    subscriber: access.subscriber.statements().length,
  };
  await run(terraform);
  const sent = (side: Side): string[] =>
    access[side]
      .statements()
      .slice(seen[side])
      .filter((statement) => CHANGING_STATEMENT.test(statement));
  return { publisher: sent("publisher"), subscriber: sent("subscriber") };
}

/** Each statement with each interruption. */
function casesOf(statements: Readonly<Record<Side, readonly string[]>>): Case[] {
  return (["publisher", "subscriber"] as const).flatMap((side) =>
    statements[side].flatMap((text, nth) =>
      interruptions.map((interruption) => ({ side, nth, text, ...interruption })),
    ),
  );
}

/** Runs the cases, a few at a time: they mostly wait. @throws Error that names each case that failed, and why. */
async function inEachCase(cases: readonly Case[], work: (each: Case) => Promise<void>): Promise<void> {
  const failures: string[] = [];
  const queue = [...cases];
  const next = async (): Promise<void> => {
    for (let each = queue.shift(); each !== undefined; each = queue.shift()) {
      const { how, when, side, text } = each;
      await work(each).catch((error: Error) => {
        const line = text.split("\n").find((each) => CHANGING_STATEMENT.test(each));
        failures.push(`${how} ${when} ${line?.slice(0, 80)} (${side}): ${error.message}`);
      });
    }
  };
  await Promise.all([next(), next(), next(), next()]);
  if (failures.length > 0)
    throw new Error(`${failures.length} of ${cases.length} cases:\n${failures.join("\n")}`);
}

/** Applies until it succeeds, and imports what exists already, as the error says. */
async function applyAgain({ terraform }: Replication): Promise<void> {
  for (;;) {
    try {
      await terraform.apply();
      return;
    } catch (error) {
      if (!(error instanceof TerraformError)) throw error;
      const found = error.diagnostics.filter(({ summary }) => summary === "Object exists already");
      if (found.length === 0) throw error;
      for (const { address = "", detail } of found) {
        const [, id = ""] = /terraform import ADDRESS '([^']+)'/.exec(detail) ?? [];
        await terraform.import(address, id);
      }
    }
  }
}

test("a creation that is interrupted at any statement is completed by the next apply, and no row is copied twice", async () => {
  const sample = await createReplication();
  const statements = await statementsOf(sample, (terraform) => terraform.apply());
  expect(statements.subscriber).toEqual(
    expect.arrayContaining([expect.stringMatching(/^CREATE SUBSCRIPTION/), expect.stringMatching(/ENABLE$/)]),
  );
  await inEachCase(casesOf(statements), async (each) => {
    const replication = await createReplication();
    await runInterrupted(replication.terraform, "apply", replication.access[each.side], each);
    await applyAgain(replication);
    await expectRowsOnce(replication);
    await replication.terraform.expectEmptyPlan();
    await replication.terraform.destroy();
    await expectNothingLeft(replication);
  });
});

test("a destroy that is interrupted at any statement leaves a subscription that works or none, and the next one completes it", async () => {
  const sample = await createReplication();
  await sample.terraform.apply();
  const statements = await statementsOf(sample, (terraform) => terraform.destroy());
  expect(statements.subscriber).toEqual(
    expect.arrayContaining([expect.stringMatching(/^DROP SUBSCRIPTION/)]),
  );
  await inEachCase(casesOf(statements), async (each) => {
    const replication = await createReplication();
    await replication.terraform.apply();
    await runInterrupted(replication.terraform, "destroy", replication.access[each.side], each);
    if ((await remains(replication)).includes("subscription s")) await expectRowsOnce(replication);
    await replication.terraform.destroy();
    await expectNothingLeft(replication);
  });
});
