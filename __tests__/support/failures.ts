import { TerraformError } from "./terraform";

/** The error that Terraform ends with; fails when it succeeds. */
export async function errorOf(work: Promise<unknown>): Promise<TerraformError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof TerraformError) {
      return error;
    }
    throw error;
  }
  throw new Error("Terraform succeeded, and should not have.");
}
