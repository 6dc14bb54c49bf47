const { useOwnTemporaryDirectory } = require("./__tests__/support/temporary-directory.cjs");

useOwnTemporaryDirectory();

const shared = {
  // By default it is in the temporary directory.
  cacheDirectory: "<rootDir>/node_modules/.cache/jest",
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/cdktf.out/"],
};

// Servers that all files of a project share; only a run that has such files pays for them.
const withSharedEnvironment = {
  ...shared,
  globalSetup: "<rootDir>/__tests__/support/global-setup.ts",
  globalTeardown: "<rootDir>/__tests__/support/global-teardown.ts",
};

/** @type {import("jest").Config} */
module.exports = {
  // The longest tests mostly wait for AWS's side: three keep two cores busy.
  maxWorkers: 3,
  testSequencer: "<rootDir>/__tests__/support/longest-first.cjs",
  // For the tests that start servers and Terraform, on a machine with other work; a project cannot have its own.
  testTimeout: 240_000,
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
      testPathIgnorePatterns: [
        "/__tests__/(acceptance|end-to-end|model|sandbox|support)/",
        "/parity\\.test\\.ts$",
      ],
    },
    {
      ...shared,
      displayName: "sandbox",
      testMatch: ["<rootDir>/__tests__/{sandbox,support}/**/*.test.ts"],
    },
    {
      ...withSharedEnvironment,
      displayName: "acceptance",
      testMatch: ["<rootDir>/__tests__/{acceptance,model}/**/*.test.ts"],
    },
    {
      ...withSharedEnvironment,
      displayName: "end-to-end",
      testMatch: [
        "<rootDir>/__tests__/end-to-end/**/*.test.ts",
        "<rootDir>/__tests__/terraform-modules/parity.test.ts",
      ],
    },
  ],
};
