import jest from "eslint-plugin-jest";
import tseslint from "typescript-eslint";

/** The folders that follow every rule below. */
const strict = {
  files: ["sandbox/**", "tools/**", "bench/**", "__tests__/**"],
  ignores: ["__tests__/model/**", "__tests__/acceptance/faults/**", "__tests__/support/faults/**"],
};

/** One idiom each, where the language has several. */
const idioms = [
  {
    selector:
      ":matches(PropertyDefinition, TSParameterProperty, MethodDefinition[kind!='constructor'])[accessibility='private']",
    message: "Write a private member as #member: it is private at run time too.",
  },
  {
    selector: "SpreadElement > ConditionalExpression > ObjectExpression[properties.length=0]",
    message: "Write an optional property as ...(value !== undefined && { value }).",
  },
  {
    selector: "ObjectExpression > SpreadElement > ObjectExpression",
    message: "Write the properties without spreading a literal.",
  },
];

const literalConstants = {
  selector:
    ":matches(Program, ExportNamedDeclaration) > VariableDeclaration[kind='const'] > VariableDeclarator[id.name=/[a-z]/] > Literal.init",
  message: "Write the name of a constant literal in UPPER_CASE.",
};

const clientsOfTests = {
  selector: "NewExpression[callee.name=/^(Client|Pool)$/]",
  message:
    "Connect with support/client.ts: a client without a listener ends the test file when the server restarts.",
};

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
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    ...strict,
    rules: {
      curly: "error",
      "no-restricted-syntax": ["error", ...idioms, literalConstants],
    },
  },
  {
    files: ["__tests__/**"],
    plugins: { jest },
    rules: {
      "jest/consistent-test-it": ["error", { fn: "test", withinDescribe: "test" }],
      "no-restricted-syntax": ["error", ...idioms, clientsOfTests],
    },
  },
  {
    files: ["__tests__/support/client.ts", "__tests__/support/database.ts"],
    rules: { "no-restricted-syntax": ["error", ...idioms] },
  },
);
