import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { TerraformDataSource, TerraformResource } from "cdktf";

/** A class of `@cdktf/provider-postgresql`, with an accessor for each attribute of the type. */
export interface UpstreamClass {
  readonly tfResourceType: string;
  readonly prototype: object;
}

/** The classes of `@cdktf/provider-postgresql` by type: generated from upstream's schema, they reveal it. */
export function upstreamClasses(): {
  readonly resources: ReadonlyMap<string, UpstreamClass>;
  readonly dataSources: ReadonlyMap<string, UpstreamClass>;
} {
  const load = createRequire(__filename);
  const library = dirname(load.resolve("@cdktf/provider-postgresql/lib/index.js"));
  const classes = readdirSync(library, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => Object.values(load(join(library, entry.name)) as Readonly<Record<string, unknown>>))
    .filter(isElementClass);
  const subclassesOf = (parent: { readonly prototype: object }) =>
    new Map(
      classes
        .filter(({ prototype }) => Object.prototype.isPrototypeOf.call(parent.prototype, prototype))
        .map((subclass) => [subclass.tfResourceType, subclass]),
    );
  return { resources: subclassesOf(TerraformResource), dataSources: subclassesOf(TerraformDataSource) };
}

function isElementClass(member: unknown): member is UpstreamClass {
  return typeof member === "function" && "tfResourceType" in member;
}
