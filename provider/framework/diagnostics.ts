/** One step into a configuration: an attribute's or block's name, a list's index, or a map's key. */
export type PathStep = string | number | { readonly key: string };

/** Where in a configuration. */
export type AttributePath = readonly PathStep[];

/** What Terraform shows a user. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** "Unable to create publication". */
  readonly summary: string;
  /** What was attempted, what was found, and what to do. */
  readonly detail: string;
  readonly path?: AttributePath;
}

/** An error that says for itself what a user should read. */
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

/** Something that went wrong elsewhere and can describe itself to a user, as the errors of the PostgreSQL layer do. */
export interface DescribedError extends Error {
  describe(): string;
}

export function isDescribedError(error: unknown): error is DescribedError {
  return error instanceof Error && "describe" in error && typeof error.describe === "function";
}

/** Collects what is to be said to the user in the course of one call. */
export class Diagnostics {
  readonly all: Diagnostic[] = [];

  error(summary: string, detail: string, path?: AttributePath): void {
    this.all.push({ severity: "error", summary, detail, ...(path ? { path } : {}) });
  }

  warn(summary: string, detail: string, path?: AttributePath): void {
    this.all.push({ severity: "warning", summary, detail, ...(path ? { path } : {}) });
  }

  /** Turns whatever was thrown into a diagnostic. `attempted` is its summary unless the error has one of its own. */
  failure(error: unknown, attempted: string, subject: string): void {
    if (error instanceof DiagnosticError) {
      this.error(error.summary, error.detail, error.path);
    } else if (isDescribedError(error)) {
      this.error(attempted, `${subject}: ${error.describe()}`);
    } else {
      const message = error instanceof Error ? error.message : String(error);
      this.error(
        attempted,
        `${subject}: ${message}\n\nThis is a fault of the provider itself; please report it.`,
      );
    }
  }

  get hasError(): boolean {
    return this.all.some((diagnostic) => diagnostic.severity === "error");
  }
}
