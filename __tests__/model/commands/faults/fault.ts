import type { Model } from "../../model";
import type { Environment } from "../../environment";

/** An event between two changes of the configuration, with the user's reaction to it. */
export interface Fault {
  isPossible?(model: Model): boolean;
  /**
   * Causes the fault, checks that the plan reports it, and follows the advice of the messages.
   *
   * @returns the model afterwards.
   * @throws Error when Terraform does not report what the user has to know.
   */
  run(environment: Environment, model: Model): Promise<Model>;
}

export const isEnabled = ({ subscription }: Model): boolean => subscription.enabled;

/** Whether the subscription disables itself when its connection breaks: PostgreSQL reports that as an error of the worker. */
export const disablesItself = ({ subscription }: Model): boolean =>
  subscription.enabled && subscription.options["disable_on_error"] === true;
