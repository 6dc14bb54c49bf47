import "./global-setup";

/** Stops the shared servers. When jest dies before it comes to this, their guards do the same. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.stopSharedServers?.();
}
