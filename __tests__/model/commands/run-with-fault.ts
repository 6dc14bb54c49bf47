import type { Environment } from "../environment";
import { verify } from "../oracle";
import type { Fault } from "./faults/fault";
import type { Run, Step } from "../step";

/** The step that causes a fault and reacts to it. */
export class RunWithFault implements Step {
  readonly #name: string;
  readonly #fault: Fault;

  constructor(name: string, fault: Fault) {
    this.#name = name;
    this.#fault = fault;
  }

  check({ model }: Readonly<Run>): boolean {
    return this.#fault.isPossible?.(model) ?? true;
  }

  async run(run: Run, environment: Environment): Promise<void> {
    run.model = await this.#fault.run(environment, run.model);
    await verify(environment, run.model);
  }

  toString(): string {
    return this.#name;
  }
}
