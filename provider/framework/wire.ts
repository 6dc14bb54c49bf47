import {
  AttributePath as WireAttributePath,
  type AttributePath_Step,
  Diagnostic as WireDiagnostic,
  Diagnostic_Severity,
  Schema as WireSchema,
  Schema_Attribute,
  Schema_Block,
  Schema_NestedBlock,
  Schema_NestedBlock_NestingMode,
  StringKind,
} from "../plugin/generated/tfplugin6";
import type { AttributePath, Diagnostic, Diagnostics, PathStep } from "./diagnostics";
import type { AnyAttribute, Attributes, Schema } from "./schema";
import { DEFAULT_TIMEOUTS, TIMEOUTS_BLOCK, type TimedStep } from "./timeouts";

/**
 * The schema in the form of the protocol, with a `timeouts` block for the operations with a time limit. Its version is 0,
 * the same as upstream's.
 */
export function wireSchema(schema: Schema, steps: readonly TimedStep[]): WireSchema {
  const blocks = Object.entries(schema.blocks).map(([name, block]) =>
    Schema_NestedBlock.fromPartial({
      typeName: name,
      nesting:
        block.nesting === "list" ? Schema_NestedBlock_NestingMode.LIST : Schema_NestedBlock_NestingMode.SET,
      maxItems: block.maxItems ?? 0,
      block: {
        ...wireBlock(block.attributes, block.description),
        deprecated: block.deprecated !== undefined,
      },
    }),
  );
  return WireSchema.fromPartial({
    version: 0,
    block: {
      ...wireBlock(schema.attributes, schema.description),
      deprecated: schema.deprecated !== undefined,
      blockTypes: steps.length > 0 ? [...blocks, timeoutsBlock(steps)] : blocks,
    },
  });
}

function wireBlock(attributes: Attributes, description: string): Schema_Block {
  return Schema_Block.fromPartial({
    attributes: Object.entries(attributes).map(([name, attribute]) => wireAttribute(name, attribute)),
    description,
    descriptionKind: StringKind.MARKDOWN,
  });
}

function wireAttribute(name: string, attribute: AnyAttribute): Schema_Attribute {
  const { kind } = attribute;
  return Schema_Attribute.fromPartial({
    name,
    type: Buffer.from(JSON.stringify(attribute.type.cty)),
    description: attribute.requiresReplace
      ? `${attribute.description} Changing it replaces the object.`
      : attribute.description,
    descriptionKind: StringKind.MARKDOWN,
    required: kind === "required",
    optional: kind !== "required" && kind !== "computed",
    computed:
      kind === "computed" ||
      kind === "optionalComputed" ||
      kind === "defaulted" ||
      attribute.emptyIsUnset === true,
    sensitive: attribute.sensitive === true,
    deprecated: attribute.deprecated !== undefined,
    writeOnly: kind === "writeOnly",
  });
}

function timeoutsBlock(steps: readonly TimedStep[]): Schema_NestedBlock {
  return Schema_NestedBlock.fromPartial({
    typeName: TIMEOUTS_BLOCK,
    nesting: Schema_NestedBlock_NestingMode.SINGLE,
    block: {
      attributes: steps.map((step) => ({
        name: step,
        type: Buffer.from(JSON.stringify("string")),
        description: `Time limit of the ${step} operation, such as \`30s\`, \`10m\` or \`1h30m\` (default: \`${DEFAULT_TIMEOUTS[step]}\`). When it expires, the provider cancels the statement that runs on the server.`,
        descriptionKind: StringKind.MARKDOWN,
        optional: true,
      })),
      description: "Time limits for the operations on the object.",
      descriptionKind: StringKind.MARKDOWN,
    },
  });
}

export function wireDiagnostics(diagnostics: Diagnostics): WireDiagnostic[] {
  return diagnostics.all.map(wireDiagnostic);
}

function wireDiagnostic(diagnostic: Diagnostic): WireDiagnostic {
  return WireDiagnostic.fromPartial({
    severity: diagnostic.severity === "error" ? Diagnostic_Severity.ERROR : Diagnostic_Severity.WARNING,
    summary: diagnostic.summary,
    detail: diagnostic.detail,
    ...(diagnostic.path ? { attribute: wirePath(diagnostic.path) } : {}),
  });
}

export function wirePath(path: AttributePath): WireAttributePath {
  return WireAttributePath.fromPartial({ steps: path.map((step) => ({ selector: wireStep(step) })) });
}

function wireStep(step: PathStep): NonNullable<AttributePath_Step["selector"]> {
  if (typeof step === "string") return { $case: "attributeName", value: step };
  if (typeof step === "number") return { $case: "elementKeyInt", value: step };
  return { $case: "elementKeyString", value: step.key };
}
