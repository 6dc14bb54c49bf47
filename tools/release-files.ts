import { join } from "node:path";
import { type Platform, platformName } from "../facts/platforms";
import { version } from "../package.json";

export { type Platform, PLATFORMS } from "../facts/platforms";

/** Platforms on which the executables can be built. */
const BUILD_HOSTS = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"] as const;

export type BuildHost = (typeof BUILD_HOSTS)[number];

/** Folder of the release that `npm run build:provider` builds. */
export const RELEASE_FOLDER = join(__dirname, "..", "dist", "release");

const release = `terraform-provider-postgresql_${version}`;

/** File names that the Terraform Registry requires, and Terraform in a packed filesystem mirror. */
export const zipName = (platform: Platform): string => `${release}_${platform}.zip`;
export const manifestName = `${release}_manifest.json`;
export const checksumsName = `${release}_SHA256SUMS`;
export const signatureName = `${checksumsName}.sig`;

/** The executable's name within the zip. */
export function executableName(platform: Platform): string {
  return `terraform-provider-postgresql_v${version}${platform.startsWith("windows") ? ".exe" : ""}`;
}

/** Platform of this machine. @throws Error if executables cannot be built on it. */
export function buildHost(): BuildHost {
  const name = platformName(process.platform, process.arch);
  const host = BUILD_HOSTS.find((known) => known === name);
  if (host === undefined) {
    throw new Error(
      `Executables can only be built on Linux or macOS, on amd64 or arm64. This machine is ${name}.`,
    );
  }
  return host;
}
