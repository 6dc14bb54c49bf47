import type { Schema } from "./schema";
import type { Values } from "./validate";

/**
 * The private data that Terraform stores beside an object's state: the names of the attributes that the configuration
 * set in the last apply. The state does not have this information: an optional attribute that the provider computes has a
 * value whether or not the configuration sets it.
 */
interface Memory {
  readonly configured: readonly string[];
  /** In a plan: the names before it, in case the apply fails. */
  readonly before?: readonly string[];
}

/** The names that the last apply stored; none after an import, or for an object that another provider created. */
export function recall(memory: Uint8Array): readonly string[] {
  return read(memory).configured;
}

/** The private data of a plan. */
export function planMemory(prior: Uint8Array, schema: Schema, config: Values): Buffer {
  const configured = Object.keys(schema.attributes).filter((name) => (config[name] ?? null) !== null);
  return write({ configured, before: recall(prior) });
}

/** The private data of an apply. If the apply failed, any of the names may be in effect. */
export function appliedMemory(planned: Uint8Array, succeeded: boolean): Buffer {
  const { configured, before } = read(planned);
  return write({ configured: succeeded ? configured : [...new Set([...configured, ...(before ?? [])])] });
}

function write(memory: Memory): Buffer {
  return Buffer.from(JSON.stringify(memory));
}

function read(memory: Uint8Array): Memory {
  try {
    const { configured, before }: Partial<Record<keyof Memory, unknown>> = {
      ...(JSON.parse(Buffer.from(memory).toString()) as object),
    };
    return { configured: names(configured), before: names(before) };
  } catch {
    return { configured: [] };
  }
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === "string") : [];
}
