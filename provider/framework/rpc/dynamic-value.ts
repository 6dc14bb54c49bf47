import { decodeMsgpack, encodeMsgpack } from "../../plugin/cty/msgpack";
import type { CtyType } from "../../plugin/cty/type";
import type { DynamicValue } from "../../plugin/generated/tfplugin6";
import type { Resource } from "../resource";
import { RESOURCE_STEPS, typeWithTimeouts } from "../timeouts";
import type { Values } from "../validate";

/** The type of a resource's configuration, plan and state on the wire: its schema with the `timeouts` block. */
export function wireTypeOf(resource: Pick<Resource<unknown>, "schema">): CtyType {
  return typeWithTimeouts(resource.schema, RESOURCE_STEPS);
}

/** Decodes an object that may be null: the prior state of a create, or the planned state of a destroy. */
export function decodeNullable(value: DynamicValue | undefined, type: CtyType): Values | null {
  return value === undefined || value.msgpack.length === 0
    ? null
    : (decodeMsgpack(value.msgpack, type) as Values | null);
}

/** Decodes an object; a null one has no attributes. */
export function decodeObject(value: DynamicValue | undefined, type: CtyType): Values {
  return decodeNullable(value, type) ?? {};
}

/** Encodes an object in the msgpack form, the only one that this provider writes. */
export function encodeObject(value: Values | null, type: CtyType): DynamicValue {
  return { msgpack: Buffer.from(encodeMsgpack(value, type)), json: Buffer.alloc(0) };
}
