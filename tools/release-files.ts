import { join } from "node:path";
import { type Platform, platformName, PLATFORMS } from "../facts/platforms";
import { version } from "../package.json";

export { type Platform, PLATFORMS } from "../facts/platforms";

/** Where `npm run build:provider` leaves a release. */
export const RELEASE_FOLDER = join(__dirname, "..", "dist", "release");

const release = `terraform-provider-postgresql_${version}`;

/** The names that the Terraform Registry asks for, and Terraform in a packed filesystem mirror. */
export const zipName = (platform: Platform): string => `${release}_${platform}.zip`;
export const manifestName = `${release}_manifest.json`;
export const checksumsName = `${release}_SHA256SUMS`;
export const signatureName = `${checksumsName}.sig`;

/** The executable's name within the zip. */
export function executableName(platform: Platform): string {
  return `terraform-provider-postgresql_v${version}${platform.startsWith("windows") ? ".exe" : ""}`;
}

/** The platform of this machine. @throws Error when the executables are not built on such a one. */
export function hostPlatform(): Platform {
  const name = platformName(process.platform, process.arch);
  const platform = PLATFORMS.find((known) => known === name);
  if (platform === undefined) {
    throw new Error(
      `The executables are built on Linux and macOS, on amd64 and arm64, and this machine is ${name}.`,
    );
  }
  return platform;
}
