import { damage } from "./damage";
import { drift } from "./drift";
import type { Fault } from "./fault";
import { outages } from "./outages";
import { terraformCommands } from "./terraform-commands";

/** Every fault, by the text that names it in a report. */
export const faults: Readonly<Record<string, Fault>> = {
  ...outages,
  ...drift,
  ...damage,
  ...terraformCommands,
};
