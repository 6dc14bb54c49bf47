import type { Schema } from "./schema";
import type { Values } from "./validate";

/**
 * What Terraform keeps of an object for the provider alone, beside its state: the names of the attributes that the
 * configuration had set when it was last applied. The state does not tell: an attribute that the provider fills in where
 * the configuration leaves it out has a value in both cases.
 */
interface Memory {
  readonly configured: readonly string[];
  /** While an apply is planned: what holds if it fails. */
  readonly before?: readonly string[];
}

/** The names that an apply has left; none of an object of another provider, or right after an import. */
export function recall(memory: Uint8Array): readonly string[] {
  return read(memory).configured;
}

/** What a plan tells its apply. */
export function planMemory(prior: Uint8Array, schema: Schema, config: Values): Buffer {
  const configured = Object.keys(schema.attributes).filter((name) => (config[name] ?? null) !== null);
  return write({ configured, before: recall(prior) });
}

/** What an apply leaves. */
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
