import * as upstreamPublication from "@cdktf/provider-postgresql/lib/publication";
import * as upstreamSubscription from "@cdktf/provider-postgresql/lib/subscription";
import { TerraformStack, Testing, TerraformVariable } from "cdktf";
import type { Construct } from "constructs";
import { Publication, type PublicationConfig } from "../../bindings/publication";
import { Subscription, type SubscriptionConfig } from "../../bindings/subscription";

// The type checker's part of the proof: what upstream's classes are configured with, ours are, too.
const ours = {
  publication: (config: upstreamPublication.PublicationConfig): PublicationConfig => config,
  subscription: (config: upstreamSubscription.SubscriptionConfig): SubscriptionConfig => config,
};

const publication: Required<Omit<upstreamPublication.PublicationConfig, keyof MetaArguments>> = {
  allTables: false,
  database: "app",
  dropCascade: true,
  id: "app.p",
  name: "p",
  owner: "o",
  publishParam: ["insert"],
  publishViaPartitionRootParam: true,
  tables: ["public.a", "public.b"],
};

const subscription: Required<Omit<upstreamSubscription.SubscriptionConfig, keyof MetaArguments>> = {
  conninfo: "host=localhost",
  createSlot: false,
  database: "app",
  id: "app.s",
  name: "s",
  publications: ["p"],
  slotName: "slot",
};

type MetaArguments = Pick<
  upstreamPublication.PublicationConfig,
  "connection" | "count" | "dependsOn" | "forEach" | "lifecycle" | "provider" | "provisioners"
>;

function synth(construct: (scope: Construct) => unknown): unknown {
  return JSON.parse(Testing.synthScope((scope) => void construct(scope)));
}

test("a publication with all of upstream's properties is synthesized as upstream's class does it", () => {
  expect(synth((scope) => new Publication(scope, "p", ours.publication(publication)))).toEqual(
    synth((scope) => new upstreamPublication.Publication(scope, "p", publication)),
  );
});

test("a subscription with all of upstream's properties is synthesized as upstream's class does it", () => {
  expect(synth((scope) => new Subscription(scope, "s", ours.subscription(subscription)))).toEqual(
    synth((scope) => new upstreamSubscription.Subscription(scope, "s", subscription)),
  );
});

test("meta-arguments, lists and maps of tokens and timeouts find their way into the configuration", () => {
  const stack = new TerraformStack(Testing.app(), "stack");
  const tables = new TerraformVariable(stack, "tables", { type: "list(string)" });
  const published = new Publication(stack, "p", {
    name: "p",
    tables: tables.listValue,
    timeouts: { create: "30s" },
    lifecycle: { preventDestroy: true },
  });
  new Subscription(stack, "s", {
    name: "s",
    conninfo: "host=localhost",
    publications: [published.name],
    refreshTriggers: { tables: published.id },
    dependsOn: [published],
  });
  expect(JSON.parse(Testing.synth(stack))).toMatchObject({
    resource: {
      postgresql_publication: {
        p: {
          name: "p",
          tables: "${var.tables}",
          timeouts: { create: "30s" },
          lifecycle: { prevent_destroy: true },
        },
      },
      postgresql_subscription: {
        s: {
          publications: ["${postgresql_publication.p.name}"],
          refresh_triggers: { tables: "${postgresql_publication.p.id}" },
          depends_on: ["postgresql_publication.p"],
        },
      },
    },
  });
});
