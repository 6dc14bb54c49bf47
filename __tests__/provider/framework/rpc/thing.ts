import { defineDataSource, type DataSourceDefinition } from "../../../../provider/framework/data-source";
import type { ProviderDefinition } from "../../../../provider/framework/provider";
import { createProviderServer, type ProviderServer } from "../../../../provider/framework/provider-server";
import { defineResource, type ResourceDefinition } from "../../../../provider/framework/resource";
import { ctyTypeOf, optional, required, type Schema } from "../../../../provider/framework/schema";
import { DATA_SOURCE_STEPS, RESOURCE_STEPS, typeWithTimeouts } from "../../../../provider/framework/timeouts";
import type { Values } from "../../../../provider/framework/validate";
import { number, string } from "../../../../provider/framework/value-type";
import { decodeMsgpack, encodeMsgpack } from "../../../../provider/plugin/cty/msgpack";
import {
  ConfigureProvider_Request,
  type DynamicValue,
} from "../../../../provider/plugin/generated/tfplugin6";

const description = "";

const schema = {
  description,
  attributes: {
    name: required(string, { description }),
    size: optional(number, { description }),
  },
  blocks: {},
} satisfies Schema;

const dataSourceSchema = {
  description,
  attributes: { name: required(string, { description }) },
  blocks: {},
} satisfies Schema;

const providerSchema = {
  description,
  attributes: {
    host: optional(string, { description, validate: (host) => (host === "" ? "is empty." : null) }),
  },
  blocks: {},
} satisfies Schema;

/** The configured provider of these tests. */
export interface Configured {
  readonly host: string | null;
}

export const typeName = "test_thing";
const withId = { ...schema, attributes: { ...schema.attributes, id: optional(string, { description }) } };
const thingType = typeWithTimeouts(withId, RESOURCE_STEPS);
const dataSourceWithId = {
  ...dataSourceSchema,
  attributes: { ...dataSourceSchema.attributes, id: optional(string, { description }) },
};
export const dataSourceType = typeWithTimeouts(dataSourceWithId, DATA_SOURCE_STEPS);
export const providerType = ctyTypeOf(providerSchema);

/** The state, and the plan, of a thing. */
export const thing: Values = { name: "n", size: null, id: "n", timeouts: null };

/** What a test overrides. */
export interface Behaviour {
  readonly resource?: Partial<ResourceDefinition<typeof schema, Configured>>;
  readonly dataSource?: Partial<DataSourceDefinition<typeof dataSourceSchema, Configured>>;
  readonly provider?: Partial<ProviderDefinition<typeof providerSchema, Configured>>;
}

/** A provider with one resource type and one data source, not configured yet. */
export function serve({ resource, dataSource, provider }: Behaviour = {}): ProviderServer {
  return createProviderServer<typeof providerSchema, Configured>({
    schema: providerSchema,
    resources: [
      defineResource<typeof schema, Configured>({
        typeName,
        displayName: "thing",
        schema,
        identify: ({ name }) => name,
        describe: ({ name }) => `thing ${name}`,
        create: ({ planned }) => Promise.resolve(planned),
        read: ({ state }) => Promise.resolve(state),
        update: ({ planned }) => Promise.resolve(planned),
        delete: () => Promise.resolve(),
        importState: (name) => ({ name }),
        ...resource,
      }),
    ],
    dataSources: [
      defineDataSource<typeof dataSourceSchema, Configured>({
        typeName,
        displayName: "things",
        schema: dataSourceSchema,
        identify: ({ name }) => name,
        describe: ({ name }) => `the things ${name}`,
        read: ({ config: { name } }) => Promise.resolve({ name }),
        ...dataSource,
      }),
    ],
    configure: ({ host }) => ({ host }),
    close: () => Promise.resolve(),
    ...provider,
  });
}

/** A configured provider. */
export async function serveConfigured(resource: Behaviour["resource"] = {}): Promise<ProviderServer> {
  const server = serve({ resource });
  await configure(server);
  return server;
}

export async function configure(server: ProviderServer, host: Values["host"] = "h"): Promise<void> {
  const config = { msgpack: Buffer.from(encodeMsgpack({ host }, providerType)) };
  await server.calls.configureProvider(ConfigureProvider_Request.fromPartial({ config }));
}

export function encoded(values: Values | null, type = thingType): { msgpack: Buffer } {
  return { msgpack: Buffer.from(encodeMsgpack(values, type)) };
}

export function decoded(value: DynamicValue | undefined, type = thingType): unknown {
  return decodeMsgpack(value?.msgpack ?? Buffer.alloc(0), type);
}

/** Throws what a fault of the provider throws. */
export function fault(): never {
  throw new TypeError("not a function");
}

/** The diagnostic that `fault` becomes. */
export function faultDiagnostic(summary: string, subject: string): unknown {
  return expect.objectContaining({
    summary,
    detail: expect.stringContaining(`${subject}: not a function`) as string,
  });
}
