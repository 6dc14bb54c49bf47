import { setTimeout } from "node:timers/promises";
import { defineResource, type ResourceDefinition } from "../../../provider/framework/resource";
import { createProviderServer, type ProviderServer } from "../../../provider/framework/provider-server";
import { ctyTypeOf, optional, required, type Schema } from "../../../provider/framework/schema";
import { RESOURCE_STEPS, typeWithTimeouts } from "../../../provider/framework/timeouts";
import { number, string } from "../../../provider/framework/value-type";
import type { Values } from "../../../provider/framework/validate";
import { decodeMsgpack, encodeMsgpack } from "../../../provider/plugin/cty/msgpack";
import {
  ApplyResourceChange_Request,
  ConfigureProvider_Request,
  type DynamicValue,
  PlanResourceChange_Request,
  ReadResource_Request,
  ValidateResourceConfig_Request,
} from "../../../provider/plugin/generated/tfplugin6";

const description = "";

const schema = {
  description,
  attributes: {
    name: required(string, { description }),
    size: optional(number, { description }),
  },
  blocks: {},
} satisfies Schema;

/** What the operations of the test's resource type get: nothing. */
type Nothing = Readonly<Record<string, never>>;

const typeName = "test_thing";
const thingType = typeWithTimeouts(
  { ...schema, attributes: { ...schema.attributes, id: optional(string, { description }) } },
  RESOURCE_STEPS,
);

/** A configured provider with one resource type that does what a test says. */
async function serve(
  behaviour: Partial<ResourceDefinition<typeof schema, Nothing>>,
): Promise<ProviderServer> {
  const thing = defineResource<typeof schema, Nothing>({
    typeName,
    noun: "thing",
    schema,
    identify: ({ name }) => name,
    label: ({ name }) => `thing ${name}`,
    create: ({ planned }) => Promise.resolve(planned),
    read: ({ state }) => Promise.resolve(state),
    update: ({ planned }) => Promise.resolve(planned),
    delete: () => Promise.resolve(),
    importState: (name) => ({ name }),
    ...behaviour,
  });
  const empty: Schema = { description, attributes: {}, blocks: {} };
  const server = createProviderServer<Schema, Nothing>({
    schema: empty,
    resources: [thing],
    dataSources: [],
    configure: () => ({}),
    close: () => Promise.resolve(),
  });
  const config = { msgpack: Buffer.from(encodeMsgpack({}, ctyTypeOf(empty))) };
  await server.calls.configureProvider(ConfigureProvider_Request.fromPartial({ config }));
  return server;
}

function encoded(values: Values | null): { msgpack: Buffer } {
  return { msgpack: Buffer.from(encodeMsgpack(values, thingType)) };
}

function decoded(value: DynamicValue | undefined): unknown {
  return decodeMsgpack(value?.msgpack ?? Buffer.alloc(0), thingType);
}

const thing: Values = { name: "n", size: null, id: "n", timeouts: null };

describe("an error that is thrown at once", () => {
  const thrown = (): never => {
    throw new TypeError("not a function");
  };
  const diagnostic = (summary: string, subject: string): unknown =>
    expect.objectContaining({
      summary,
      detail: expect.stringContaining(`${subject}: not a function`) as string,
    });

  it("by validation becomes a diagnostic about the object", async () => {
    const { calls } = await serve({ validate: thrown });
    const request = ValidateResourceConfig_Request.fromPartial({
      typeName,
      config: encoded({ ...thing, id: null }),
    });
    const { diagnostics } = await calls.validateResourceConfig(request);
    expect(diagnostics).toEqual([diagnostic("Unable to validate thing", "Thing n")]);
  });

  it("by planning becomes one", async () => {
    const { calls } = await serve({ modifyPlan: thrown });
    const values = { config: encoded(thing), proposedNewState: encoded(thing), priorState: encoded(null) };
    const request = PlanResourceChange_Request.fromPartial({ typeName, ...values });
    const { diagnostics } = await calls.planResourceChange(request);
    expect(diagnostics).toEqual([diagnostic("Unable to plan thing", "Thing n")]);
  });

  it("by reading becomes one, and the state stays", async () => {
    const { calls } = await serve({ read: thrown });
    const request = ReadResource_Request.fromPartial({ typeName, currentState: encoded(thing) });
    const { diagnostics, newState } = await calls.readResource(request);
    expect(diagnostics).toEqual([diagnostic("Unable to read thing", "Thing n")]);
    expect(decoded(newState)).toEqual(thing);
  });

  it("by the object's label does not hide the error that the label was for", async () => {
    const { calls } = await serve({ read: thrown, label: thrown });
    const request = ReadResource_Request.fromPartial({ typeName, currentState: encoded(thing) });
    const { diagnostics } = await calls.readResource(request);
    expect(diagnostics).toEqual([diagnostic("Unable to read thing", "Thing")]);
  });
});

describe("what the configuration has set", () => {
  /** Plans and applies a configuration, and returns what the next plan gets to know. */
  const run = async (server: ProviderServer, prior: Values | null, size: number | null, memory: Buffer) => {
    const planned = { ...thing, size };
    const values = { priorState: encoded(prior), config: encoded({ ...planned, id: null }) };
    const { plannedPrivate } = await server.calls.planResourceChange(
      PlanResourceChange_Request.fromPartial({
        ...{ typeName, ...values, proposedNewState: encoded(planned), priorPrivate: memory },
      }),
    );
    const { private: after } = await server.calls.applyResourceChange(
      ApplyResourceChange_Request.fromPartial({
        ...{ typeName, ...values, plannedState: encoded(planned), plannedPrivate },
      }),
    );
    return after;
  };

  it("is known to the next plan, which sees that an attribute was taken out", async () => {
    const seen: boolean[] = [];
    let fails = false;
    const server = await serve({
      modifyPlan: ({ wasConfigured }) => void seen.push(wasConfigured("size")),
      update: ({ planned }) => (fails ? Promise.reject(new Error("no")) : Promise.resolve(planned)),
    });
    const created = await run(server, null, 1, Buffer.alloc(0));
    fails = true;
    const failed = await run(server, thing, null, created);
    fails = false;
    const updated = await run(server, thing, null, failed);
    await run(server, thing, null, updated);
    expect(seen).toEqual([false, true, true, false]);
  });

  it("is not known of an object of another provider", async () => {
    const seen: boolean[] = [];
    const server = await serve({ modifyPlan: ({ wasConfigured }) => void seen.push(wasConfigured("size")) });
    for (const memory of ["null", '{"schema_version":"1"}', "not JSON", '{"configured":7}']) {
      await run(server, thing, 1, Buffer.from(memory));
    }
    expect(seen).toEqual([false, false, false, false]);
  });
});

describe("applying", () => {
  const request = (planned: Values): ApplyResourceChange_Request =>
    ApplyResourceChange_Request.fromPartial({
      typeName,
      priorState: encoded(null),
      plannedState: encoded(planned),
      config: encoded(planned),
    });

  const create = async (
    server: ProviderServer,
    planned = thing,
  ): Promise<{ state: unknown; errors: string[] }> => {
    const { newState, diagnostics } = await server.calls.applyResourceChange(request(planned));
    return { state: decoded(newState), errors: diagnostics.map(({ summary, detail }) => summary + detail) };
  };

  it("keeps in the state what a failed create has left behind", async () => {
    const server = await serve({
      create: (operation) => {
        operation.keep(operation.planned);
        return Promise.reject(new Error("no"));
      },
    });
    const { state, errors } = await create(server);
    expect(state).toEqual(thing);
    expect(errors).toEqual([expect.stringContaining("Unable to create thing")]);
  });

  it("runs under a time limit that is longer than a timer of Node.js can be", async () => {
    const server = await serve({
      create: async ({ planned, signal }) => {
        // A timer that overflows runs after one millisecond.
        await setTimeout(5);
        signal.throwIfAborted();
        return planned;
      },
    });
    const timeouts = { create: "600h", read: null, update: null, delete: null };
    const { state, errors } = await create(server, { ...thing, timeouts });
    expect(errors).toEqual([]);
    expect(state).toEqual({ ...thing, timeouts });
  });

  it("points a warning of an operation at the attribute that it names", async () => {
    const server = await serve({
      create: ({ planned, warn }) => {
        warn("Too small", "It is.", ["size"]);
        return Promise.resolve(planned);
      },
    });
    const { diagnostics } = await server.calls.applyResourceChange(request(thing));
    expect(diagnostics).toMatchObject([
      {
        summary: "Too small",
        attribute: { steps: [{ selector: { $case: "attributeName", value: "size" } }] },
      },
    ]);
  });

  it("keeps nothing in the state when a failed create has removed what it had created", async () => {
    const server = await serve({
      create: (operation) => {
        operation.keep(operation.planned);
        operation.keep(null);
        return Promise.reject(new Error("no"));
      },
    });
    expect((await create(server)).state).toBeNull();
  });
});
