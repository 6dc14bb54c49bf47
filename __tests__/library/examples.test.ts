import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { name } from "../../package.json";

const root = join(__dirname, "..", "..");

/** Every `@example` of the library by the file that a compiler sees. */
const examples = new Map(
  ["modules", "stacks"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => examplesOf(join(root, folder, file))),
  ),
);

function examplesOf(path: string): [file: string, source: string][] {
  const source = readFileSync(path, "utf8");
  return [...source.matchAll(/@example\n \* ```ts\n([^]*?)\n \* ```/g)].map((match, index) => [
    path.replace(/\.ts$/, `.example-${index + 1}.ts`),
    program((match[1] ?? "").split("\n").map((line) => line.replace(/^ \* ?/, ""))),
  ]);
}

/** The example in the constructor of a stack, which `this` refers to. */
function program(lines: readonly string[]): string {
  const isTopLevel = (line: string) => /^(import|declare) /.test(line);
  return [
    'import { TerraformStack as ExampleStack } from "cdktf";',
    'import type { Construct as ExampleScope } from "constructs";',
    ...lines.filter(isTopLevel),
    "export class Example extends ExampleStack {",
    "  constructor(scope: ExampleScope, id: string) {",
    "    super(scope, id);",
    ...lines.filter((line) => !isTopLevel(line)),
    "  }",
    "}",
  ].join("\n");
}

test("the examples in the documentation of the library compile", () => {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(
    {
      ...config.compilerOptions,
      // An example may create what it does not use.
      noUnusedLocals: false,
      paths: { [`${name}/*`]: ["./*"] },
    },
    root,
  );
  const files = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...files,
    getSourceFile(file, ...rest) {
      const example = examples.get(file);
      return example === undefined
        ? files.getSourceFile(file, ...rest)
        : ts.createSourceFile(file, example, ts.ScriptTarget.ES2022);
    },
    fileExists: (file) => examples.has(file) || files.fileExists(file),
    readFile: (file) => examples.get(file) ?? files.readFile(file),
  };
  const compiled = ts.createProgram([...examples.keys()], options, host);

  const errors = [...examples.keys()].flatMap((file) => {
    const source = compiled.getSourceFile(file);
    return [...compiled.getSyntacticDiagnostics(source), ...compiled.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${relative(root, file)}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
  });
  expect(examples.size).toBeGreaterThan(20);
  expect(errors).toEqual([]);
});
