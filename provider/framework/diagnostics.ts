/** One step of a path: the name of an attribute or block, the index of a list, or the key of a map. */
export type PathStep = string | number | { readonly key: string };

/** The path of an attribute or block in a configuration. */
export type AttributePath = readonly PathStep[];

/** An error or a warning that Terraform shows. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** "Unable to create publication". */
  readonly summary: string;
  /** What was attempted, what was found, and what to do. */
  readonly detail: string;
  readonly path?: AttributePath;
}

/** An error with its own summary and detail. */
export class DiagnosticError extends Error {
  constructor(
    readonly summary: string,
    readonly detail: string,
    readonly path?: AttributePath,
  ) {
    super(`${summary}: ${detail}`);
    this.name = "DiagnosticError";
  }
}

/** An error of a lower layer that can describe itself to a user, such as a PostgresError. */
export interface DescribedError extends Error {
  describe(): string;
}

function isDescribedError(error: unknown): error is DescribedError {
  return error instanceof Error && "describe" in error && typeof error.describe === "function";
}

/** Collects the diagnostics of one call. */
export class Diagnostics {
  readonly all: Diagnostic[] = [];

  error(summary: string, detail: string, path?: AttributePath): void {
    this.all.push({ severity: "error", summary, detail, ...(path ? { path } : {}) });
  }

  warn(summary: string, detail: string, path?: AttributePath): void {
    this.all.push({ severity: "warning", summary, detail, ...(path ? { path } : {}) });
  }

  /**
   * Adds an error for a thrown value.
   *
   * @param attempted The summary, unless the error has its own: "Unable to create publication".
   * @param subject The object that the call is about: `Publication "p" in database "d"`.
   */
  failure(error: unknown, attempted: string, subject: string): void {
    if (error instanceof DiagnosticError) {
      this.error(error.summary, error.detail, error.path);
    } else if (isDescribedError(error)) {
      this.error(attempted, `${subject}: ${error.describe()}`);
    } else {
      const message = error instanceof Error ? error.message : String(error);
      this.error(attempted, `${subject}: ${message}\n\nThis is a bug in the provider. Please report it.`);
    }
  }

  get hasError(): boolean {
    return this.all.some((diagnostic) => diagnostic.severity === "error");
  }
}
