import "./global-setup";

/** Stops the shared servers; when jest dies before it comes to this, their guards do the same. Removes the provider. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.removeSharedEnvironment?.();
}
