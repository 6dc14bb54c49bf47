import type { RdsClusterParameterGroup } from "@cdktf/provider-aws/lib/rds-cluster-parameter-group";
import type { DbParameterGroup } from "@cdktf/provider-aws/lib/db-parameter-group";
import { TerraformLocal } from "cdktf";
import { SYNC_WORKERS_PARAMETER } from "../modules/aurora/replication-parameters";
import {
  type Arithmetic,
  DEFAULT_SYNC_WORKERS,
  type ReplicationCapacity,
  staticReplicationParameters,
} from "../modules/aurora/static-replication-parameters";
import { isWholeNumber } from "./common-variables";
import type { TerraformModule } from "./terraform-module";

/** Writes Terraform's expressions. */
const expressions: Arithmetic<string> = {
  sum: (...terms) => `(${terms.join(" + ")})`,
  product: (...factors) => factors.join(" * "),
  max: (...numbers) => `max(${numbers.join(", ")})`,
  text: (before, number, after) => `"${before}\${${number}}${after}"`,
};

/** The capacity's variables: description, default, least value. */
const numbers: Readonly<Record<string, readonly [description: string, usual: number, least: number]>> = {
  subscribers: [
    "The number of subscriptions and applications that replicate from this server, each with a slot of its own.",
    1,
    0,
  ],
  subscriptions: ["The number of subscriptions that this server has.", 1, 0],
  tables_synced_at_once: [
    "The number of tables that a subscription copies at the same time: this server's, and those that replicate from it.",
    DEFAULT_SYNC_WORKERS,
    1,
  ],
  dms_tasks: ["The number of DMS tasks that capture this server's changes.", 0, 0],
  spare: [
    "The number of slots, senders and workers on top: for physical replicas, for slots that nobody uses any more, and for what is made by hand.",
    5,
    0,
  ],
};

/** The variables of a module that say what a parameter group has in it, and what comes of them. */
export class ReplicationParameterVariables {
  /** Terraform's expression for the parameters that a reboot puts into effect, values by name. */
  readonly staticParameters: string;
  /** Terraform's expression for whether the write-through cache, which may lose changes, is turned off. */
  readonly withoutCache: string;
  readonly #parameters: string;

  constructor(module: TerraformModule) {
    for (const [name, [description, usual, least]] of Object.entries(numbers)) {
      module.variable(name, {
        type: "number",
        description,
        default: usual,
        validation: [
          {
            condition: isWholeNumber(`var.${name}`, least),
            errorMessage: `${name} must be a whole number, not less than ${least}.`,
          },
        ],
      });
    }
    const capacity: ReplicationCapacity<string> = {
      subscribers: "var.subscribers",
      subscriptions: "var.subscriptions",
      tablesSyncedAtOnce: "var.tables_synced_at_once",
      dmsTasks: "var.dms_tasks",
      spare: "var.spare",
    };
    const computed = Object.entries(staticReplicationParameters(expressions, capacity)).map(
      ([name, value]) =>
        `${JSON.stringify(name)} = { value = tostring(${value}), apply_method = "pending-reboot" }`,
    );
    declareParameters(module, Object.keys(staticReplicationParameters(expressions, capacity)));
    const dynamic = JSON.stringify(SYNC_WORKERS_PARAMETER);
    const parameters = new TerraformLocal(
      module,
      "replication_parameters",
      `\${merge(
        { ${computed.join(", ")} },
        { for name in [${dynamic}] : name => { value = tostring(var.tables_synced_at_once), apply_method = "immediate" } if var.tables_synced_at_once != ${DEFAULT_SYNC_WORKERS} },
        { for name, parameter in var.parameters : lower(name) => { value = parameter.value, apply_method = coalesce(parameter.apply_method, lower(name) == ${dynamic} ? "immediate" : "pending-reboot") } }
      )}`.replace(/\n\s*/g, " "),
    );
    this.#parameters = `local.${parameters.friendlyUniqueId}`;
    this.staticParameters = `\${{ for name, parameter in ${this.#parameters} : name => parameter.value if parameter.apply_method == "pending-reboot" }}`;
    this.withoutCache = `try(${this.#parameters}["rds.logical_wal_cache"].value, "") == "0"`;
  }

  /** Gives a group these parameters, in place of those that were computed for it when it was made. */
  applyTo(group: RdsClusterParameterGroup | DbParameterGroup): void {
    group.addOverride("parameter", undefined);
    group.addOverride("dynamic.parameter", {
      for_each: `\${${this.#parameters}}`,
      content: {
        name: "${parameter.key}",
        value: "${parameter.value.value}",
        apply_method: "${parameter.value.apply_method}",
      },
    });
  }
}

function declareParameters(module: TerraformModule, computed: readonly string[]): void {
  const given = (condition: string) => `\${alltrue([for name, parameter in var.parameters : ${condition}])}`;
  module.variable("parameters", {
    type: "map(object({ value = string, apply_method = optional(string) }))",
    description:
      'Further parameters, or other values than the computed ones, by the name that RDS has for them; truth values are "1" and "0". `apply_method` is "immediate" or "pending-reboot" (default: what the next reboot puts into effect). Do not give one RDS\'s own default value with "immediate": RDS keeps no apply method for defaults, so that Terraform would want to set it again and again.',
    default: {},
    validation: [
      {
        condition: given(
          'contains(["immediate", "pending-reboot"], coalesce(parameter.apply_method, "immediate"))',
        ),
        errorMessage: 'parameters: apply_method must be "immediate" or "pending-reboot", or be left out.',
      },
      {
        condition: given(
          `!(contains(${JSON.stringify(computed)}, lower(name)) && coalesce(parameter.apply_method, "none") == "immediate")`,
        ),
        errorMessage: `parameters: ${computed.join(", ")} are static, so that their apply_method must be "pending-reboot".`,
      },
      {
        condition: given('lower(name) != "rds.logical_replication" || parameter.value == "1"'),
        errorMessage:
          "parameters: rds.logical_replication must be 1, or be left out: without it nothing is replicated.",
      },
      {
        condition:
          "${length(distinct([for name in keys(var.parameters) : lower(name)])) == length(var.parameters)}",
        errorMessage: "parameters: each name must be there once; RDS has them all in lower case.",
      },
    ],
  });
}
