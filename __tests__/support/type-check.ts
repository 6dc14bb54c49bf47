import { join, relative } from "node:path";
import ts from "typescript";

const root = join(__dirname, "..", "..");

/**
 * Type-checks texts as if they were files of this project, with its compiler options; all in one program.
 *
 * @param files - their texts by their paths from the project's folder.
 * @returns what is wrong with them, a line each, by the same paths; nothing for those that are right.
 */
export function typeCheck(
  files: Readonly<Record<string, string>>,
): Readonly<Record<string, readonly string[]>> {
  const options = compilerOptions();
  const host = ts.createCompilerHost(options);
  const texts = new Map(Object.entries(files).map(([path, text]) => [join(root, path), text]));
  const program = ts.createProgram([...texts.keys()], options, {
    ...host,
    fileExists: (path) => texts.has(path) || host.fileExists(path),
    readFile: (path) => texts.get(path) ?? host.readFile(path),
    getSourceFile: (path, language, ...rest) => {
      const text = texts.get(path);
      return text === undefined
        ? host.getSourceFile(path, language, ...rest)
        : ts.createSourceFile(path, text, language);
    },
  });
  return Object.fromEntries(
    [...texts.keys()].map((path) => {
      const file = program.getSourceFile(path);
      const diagnostics = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
      return [relative(root, path), diagnostics.map(describeDiagnostic)];
    }),
  );
}

/** The project's own; a package that imports this one finds its folders by the package's name. */
function compilerOptions(): ts.CompilerOptions {
  const path = join(root, "tsconfig.json");
  const read = ts.readConfigFile(path, (file) => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent(
    read.config,
    { ...ts.sys, readDirectory: () => [] },
    root,
  );
  return {
    ...options,
    moduleDetection: ts.ModuleDetectionKind.Force,
    // What a reader goes on with may well be a constant.
    noUnusedLocals: false,
    paths: { "aurora-logical-replication/*": [join(root, "*")] },
  };
}

function describeDiagnostic({ file, start = 0, messageText }: ts.Diagnostic): string {
  const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
  return `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
}
