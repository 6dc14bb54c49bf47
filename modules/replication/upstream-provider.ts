import { BEYOND_UPSTREAM } from "../../bindings/beyond-upstream";
import { propertyName } from "./property-name";

/** Resources and data sources of a synthesized stack. */
export interface SynthesizedElements {
  readonly resource?: Elements;
  readonly data?: Elements;
}

/** Attributes by construct id by type. */
type Elements = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/**
 * Uses of features that only the bundled provider supports, in a stack with the upstream provider.
 *
 * @returns error messages: one for each resource of such a type, and for each such property of other resources.
 */
export function usesBeyondUpstream({ resource = {}, data = {} }: SynthesizedElements): string[] {
  return [...errorsOf(resource, BEYOND_UPSTREAM.resources), ...errorsOf(data, BEYOND_UPSTREAM.dataSources)];
}

function errorsOf(
  elements: Elements,
  beyond: Readonly<Record<string, "type" | readonly string[]>>,
): string[] {
  const remedy = 'requires the bundled provider. Remove it, or remove source: "upstream".';
  return Object.entries(elements).flatMap(([type, instances]) =>
    Object.entries(instances).flatMap(([id, attributes]) => {
      const additions = beyond[type] ?? [];
      if (additions === "type") return [`${type}.${id}: the type ${type} ${remedy}`];
      return additions
        .filter((attribute) => attributes[attribute] !== undefined)
        .map((attribute) => `${type}.${id}: ${propertyName(attribute)} ${remedy}`);
    }),
  );
}
