import { applied, expectedRefusal, type Model } from "../model";
import { formerNames } from "../objects";
import { verify, verifyRefused, verifyRows } from "../oracle";
import { Picker } from "../picker";
import type { ModelInterruption, Environment } from "../environment";
import { type Change, requireRefusal } from "./change";
import type { Run, Step } from "../step";

export interface ApplyChangeOptions {
  readonly name: string;
  readonly change: Change;
  readonly numbers: readonly number[];
  /** Whether the subscriber is behind while the change is applied. */
  readonly lags: boolean;
  readonly interruption: ModelInterruption | null;
}

/** Changes the configuration and applies it, undisturbed or not. */
export class ApplyChange implements Step {
  readonly #options: ApplyChangeOptions;

  constructor(options: ApplyChangeOptions) {
    this.#options = options;
  }

  check({ model }: Readonly<Run>): boolean {
    return this.#next(model) !== undefined;
  }

  async run(run: Run, environment: Environment): Promise<void> {
    const { change, lags, interruption } = this.#options;
    const before = run.model;
    const after = this.#next(before);
    if (after === undefined) throw new Error("The change is impossible.");
    const refusal = expectedRefusal(after, before);
    await change.prepare?.(environment, after, before);
    const catchUp =
      lags && before.subscription.enabled ? await environment.lagBehind(after.subscribed) : undefined;
    const outcome =
      interruption === null
        ? await environment.apply(after)
        : await environment.applyInterrupted(after, interruption);
    await catchUp?.();
    if (refusal === undefined) {
      if (!outcome.succeeded) throw new Error(`The apply should succeed. ${outcome.messages.join("\n")}`);
      run.model = applied(after);
    } else {
      requireRefusal(outcome, refusal);
      await verifyRefused(environment, before);
      await change.restore?.(environment, after, before);
      if (!before.subscription.enabled) await dropCreatedPublications(environment, after, before);
      // What the refused change has created goes.
      run.model = { ...before, named: after.named };
      const back = await environment.apply(run.model);
      if (!back.succeeded)
        throw new Error(`The former configuration should be valid. ${back.messages.join("\n")}`);
    }
    await settle(environment, run.model);
    await verify(environment, run.model);
  }

  toString(): string {
    const { name, lags, interruption, numbers } = this.#options;
    return [
      name,
      ...(lags ? ["while the subscriber is behind"] : []),
      ...(interruption
        ? [
            `and ${interruption.how} at ${interruption.side} statement ${interruption.nth}, ${interruption.when}`,
          ]
        : []),
      `[${numbers.join(" ")}]`,
    ].join(" ");
  }

  #next(model: Model): Model | undefined {
    return this.#options.change.next(model, new Picker(this.#options.numbers));
  }
}

/** Terraform refuses to drop a publication that an inactive slot may need. Its error advises to use SQL. */
async function dropCreatedPublications(
  { publisher }: Environment,
  after: Model,
  before: Model,
): Promise<void> {
  for (const [key, { name }] of Object.entries(after.publications)) {
    if (!(key in before.publications)) await publisher.query(`DROP PUBLICATION IF EXISTS ${name}`);
  }
}

/** A renamed publication keeps its former name until every subscriber has changed over. The next apply removes it. */
async function settle(environment: Environment, model: Model): Promise<void> {
  if (!model.subscription.enabled || (await formerNames(environment)).length === 0) return;
  await verifyRows(environment, model);
  const outcome = await environment.apply(model);
  if (!outcome.succeeded) throw new Error(`The second apply should succeed. ${outcome.messages.join("\n")}`);
}
