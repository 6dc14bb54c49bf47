import { BEYOND_UPSTREAM } from "../../bindings/beyond-upstream";
import { propertyName } from "./property-name";

/** The part of a synthesized stack that says what its resources and data sources are. */
export interface SynthesizedElements {
  readonly resource?: Elements;
  readonly data?: Elements;
}

/** Attributes by construct id by type. */
type Elements = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/**
 * What a stack uses that the bundled provider has and upstream's has not: a complaint for each resource type, and for
 * each property of a type that both have.
 */
export function usesBeyondUpstream({ resource = {}, data = {} }: SynthesizedElements): string[] {
  return [
    ...complaints(resource, BEYOND_UPSTREAM.resources),
    ...complaints(data, BEYOND_UPSTREAM.dataSources),
  ];
}

function complaints(
  elements: Elements,
  beyond: Readonly<Record<string, "type" | readonly string[]>>,
): string[] {
  const remedy = 'exists in the bundled provider only. Do without it, or without source: "upstream".';
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
