import type { Diagnostics } from "../diagnostics";
import type { Values } from "../validate";

/** What a call is about: a resource, a data source, or the provider block. */
export interface Subject {
  readonly displayName: string;
  describe(values: Values): string;
}

export const PROVIDER_BLOCK: Subject = {
  displayName: "the provider",
  describe: () => "the provider block",
};

/**
 * Runs the work of a call. An error that the work throws becomes a diagnostic: "Unable to `verb` `subject`".
 *
 * @returns undefined if the work threw.
 */
export async function reportFailure<T>(
  diagnostics: Diagnostics,
  verb: string,
  subject: Subject,
  values: Values,
  work: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    diagnostics.failure(
      error,
      `Unable to ${verb} ${subject.displayName}`,
      capitalize(describeSafely(subject, values)),
    );
    return undefined;
  }
}

/** `describe` reads the same values that may have caused the failure. */
function describeSafely(subject: Subject, values: Values): string {
  try {
    return subject.describe(values);
  } catch {
    return subject.displayName;
  }
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
