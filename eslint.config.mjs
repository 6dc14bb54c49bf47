import tseslint from "typescript-eslint";

const provider = {
  files: ["provider/**"],
  forbidden: ["modules", "stacks", "terraform-modules", "bindings", "sandbox", "tools"],
  alsoPackages: ["cdktf", "constructs", "@cdktf/*"],
};

/** Imports run downwards only; each entry says which folders a folder may not reach. */
const layers = [
  {
    files: ["facts/**"],
    forbidden: [
      "provider",
      "modules",
      "stacks",
      "terraform-modules",
      "bindings",
      "sandbox",
      "tools",
      "bench",
    ],
    importsNothing: true,
  },
  provider,
  { files: ["provider/plugin/**"], forbidden: ["framework", "postgres", "aws", "resources", "data-sources"] },
  { files: ["provider/framework/**"], forbidden: ["postgres", "aws", "resources", "data-sources"] },
  { files: ["provider/postgres/**"], forbidden: ["plugin", "resources", "data-sources"] },
  { files: ["provider/aws/**"], forbidden: ["plugin", "resources", "data-sources"] },
  { files: ["stacks/**", "main.ts"], forbidden: ["terraform-modules", "provider", "sandbox", "tools"] },
  { files: ["terraform-modules/**"], forbidden: ["provider", "stacks", "sandbox", "tools"] },
  { files: ["modules/**"], forbidden: ["terraform-modules", "provider", "stacks", "sandbox", "tools"] },
  {
    files: ["bindings/**"],
    forbidden: ["provider", "stacks", "terraform-modules", "modules", "sandbox", "tools"],
  },
];

const barrels = ["@cdktf/provider-aws", "@cdktf/provider-postgresql"].map((name) => ({
  name,
  message: `Import a sub-path such as ${name}/lib/provider: the barrel loads every resource.`,
}));

function restrictedImports({ forbidden = [], alsoPackages = [], importsNothing = false }) {
  return [
    "error",
    {
      paths: barrels,
      patterns: [
        ...forbidden.map((folder) => ({
          regex: `^(\\.\\./)+(.*/)?${folder}(/|$)`,
          message: `Imports run downwards only: this folder may not import from ${folder}/.`,
        })),
        ...(alsoPackages.length > 0
          ? [{ group: alsoPackages, message: "The provider knows nothing of CDKTF." }]
          : []),
        ...(importsNothing ? [{ regex: "^[^.]", message: "facts/ imports no package." }] : []),
      ],
    },
  ];
}

export default tseslint.config(
  {
    ignores: [
      "node_modules/",
      "dist/",
      "cdktf.out/",
      "bindings/",
      "provider/plugin/generated/",
      "**/*.mjs",
      "**/*.cjs",
      "jest.config.js",
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "no-restricted-imports": restrictedImports({}),
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ["__tests__/**"],
    ignores: ["__tests__/support/client.ts", "__tests__/support/database.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "NewExpression[callee.name=/^(Client|Pool)$/]",
          message:
            "Connect with support/client.ts: a client without a listener ends the test file when the server restarts.",
        },
      ],
    },
  },
  ...layers.map(({ files, ...rule }) => ({
    files,
    // A later, more particular layer replaces the rule, so it repeats what its parent forbids.
    rules: {
      "no-restricted-imports": restrictedImports({
        ...rule,
        ...(files[0].startsWith("provider/") && {
          forbidden: [...new Set([...rule.forbidden, ...provider.forbidden])],
          alsoPackages: provider.alsoPackages,
        }),
      }),
    },
  })),
);
