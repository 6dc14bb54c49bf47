/**
 * Platforms with an executable in the release, by Terraform's names. macOS is not one of them: Apple silicon runs only
 * signed executables, and no maintained tool signs one on Linux. On macOS the provider runs as a script with Node.js.
 */
export const PLATFORMS = ["linux_amd64", "linux_arm64", "windows_amd64"] as const;

export type Platform = (typeof PLATFORMS)[number];

/**
 * Platform of the workers that run Terraform in HCP Terraform.
 *
 * @see https://developer.hashicorp.com/terraform/cloud-docs/run/run-environment
 */
export const REMOTE_PLATFORM: Platform = "linux_amd64";

/**
 * Terraform's name of a platform, released for or not.
 *
 * @param system - `process.platform`.
 * @param architecture - `process.arch`.
 */
export function platformName(system: string, architecture: string): string {
  const os = system === "win32" ? "windows" : system;
  const arch = { x64: "amd64", ia32: "386" }[architecture] ?? architecture;
  return `${os}_${arch}`;
}
