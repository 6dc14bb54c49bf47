const belowResources = [
  "facts",
  "provider/framework",
  "provider/aws",
  "provider/postgres",
  "provider/configured-provider.ts",
];

/**
 * Layers, and the layers that each may import besides itself. Imports run downwards only.
 *
 * A layer is a path from the root; the longest matching path decides, so `provider/resources/shared` is a layer of its
 * own within `provider/resources`.
 */
const layers = {
  facts: [],

  "provider/plugin": ["facts"],
  "provider/framework": ["facts", "provider/plugin"],
  "provider/aws": ["facts", "provider/framework"],
  "provider/postgres": ["facts", "provider/framework"],
  "provider/configured-provider.ts": ["provider/aws", "provider/postgres"],
  "provider/resources/shared": belowResources,
  "provider/resources": [...belowResources, "provider/resources/shared"],
  "provider/data-sources": [...belowResources, "provider/resources/shared"],
  provider: ["facts", "provider/*"],

  bindings: ["facts"],
  modules: ["facts", "bindings"],
  stacks: ["facts", "bindings", "modules"],
  "main.ts": ["stacks"],

  sandbox: ["facts", "provider/*"],
  tools: ["facts", "provider", "provider/*", "modules"],
  bench: ["facts", "provider", "provider/*", "sandbox", "tools"],
};

const names = Object.keys(layers);
const escape = (name) => name.replaceAll(".", "\\.");
const pattern = (name) => `^${escape(name)}(/|$)`;
const within = (name) => names.filter((other) => other.startsWith(`${name}/`));

/** The layers that an entry of an allowed list stands for. */
const expand = (entry) => (entry.endsWith("/*") ? within(entry.slice(0, -2)) : [entry]);

/** A layer's files without those of the layers within it. */
const filesOf = (name) => ({ path: pattern(name), pathNot: within(name).map(pattern) });

const allowed = (name) => new Set([name, ...layers[name].flatMap(expand)]);

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...names.flatMap((name) =>
      names
        .filter((other) => !allowed(name).has(other))
        .map((other) => ({
          name: `${name} must not import ${other}`,
          severity: "error",
          comment: "Imports run downwards only: see `layers` in .dependency-cruiser.mjs.",
          from: filesOf(name),
          to: filesOf(other),
        })),
    ),
    {
      name: "only tests import tests",
      severity: "error",
      from: { pathNot: "^(__tests__/|jest\\.config\\.js$)" },
      to: { path: "^__tests__/" },
    },
    {
      name: "the provider must not import CDKTF",
      severity: "error",
      comment: "The provider also serves users of plain Terraform.",
      from: { path: "^provider/" },
      to: { path: "(^|/)(node_modules/)?(cdktf|cdktn|constructs|@cdktf/[^/]+)(/|$)" },
    },
    {
      name: "import bindings by sub-path",
      severity: "error",
      comment:
        "Import a sub-path such as @cdktf/provider-aws/lib/rds-cluster: the index loads every resource, 576 MB.",
      from: {},
      to: { path: "@cdktf/provider-(aws|postgresql)/lib/index" },
    },
    {
      name: "no import cycles",
      severity: "error",
      comment: "Move what both files need into a third one.",
      from: {},
      to: { circular: true },
    },
    {
      name: "imports must resolve",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^pg-native$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|cdktf\\.out)/" },
    // Imports of types count too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "types"],
    },
  },
};
