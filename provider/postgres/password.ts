import { createHash, createHmac, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { saslprep } from "./saslprep";

/** How a server stores passwords. */
export interface PasswordEncryption {
  /** The server's `password_encryption`. */
  readonly method: "md5" | "scram-sha-256";
  /** The server's `scram_iterations`; 4096 before PostgreSQL 16. */
  readonly iterations: number;
}

const SALT_BYTES = 16;
const KEY_BYTES = 32;
const MD5_HASH = /^md5[0-9a-f]{32}$/;
const SCRAM_VERIFIER = /^SCRAM-SHA-256\$(\d+):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)$/;

/**
 * What the server is to store for a password: computed on this side, so that the password itself is in no SQL and no log
 * of the server. A password that is a hash already is returned as it is.
 *
 * @param role The role's name, which an md5 hash is salted with: it is void once the role is renamed.
 */
export async function hashPassword(
  password: string,
  role: string,
  { method, iterations }: PasswordEncryption,
): Promise<string> {
  if (isPasswordHash(password)) return password;
  return method === "md5"
    ? md5Hash(password, role)
    : scramVerifier(password, iterations, randomBytes(SALT_BYTES));
}

/** Whether a text is what a server stores for a password, and not a password. */
export function isPasswordHash(text: string): boolean {
  return MD5_HASH.test(text) || SCRAM_VERIFIER.test(text);
}

/** Whether a stored hash is that of a password; a password that is a hash itself must be the very same. */
export async function passwordMatches(password: string, role: string, stored: string): Promise<boolean> {
  if (isPasswordHash(password)) return password === stored;
  if (MD5_HASH.test(stored)) return md5Hash(password, role) === stored;
  const [, iterations, salt] = SCRAM_VERIFIER.exec(stored) ?? [];
  if (iterations === undefined || salt === undefined) return false;
  return (await scramVerifier(password, Number(iterations), Buffer.from(salt, "base64"))) === stored;
}

function md5Hash(password: string, role: string): string {
  return `md5${createHash("md5")
    .update(password + role)
    .digest("hex")}`;
}

/** RFC 5802 and 7677: neither the password nor what a client proves its knowledge with can be computed from it. */
async function scramVerifier(password: string, iterations: number, salt: Buffer): Promise<string> {
  const salted = await promisify(pbkdf2)(await saslprep(password), salt, iterations, KEY_BYTES, "sha256");
  const key = (name: string): Buffer => createHmac("sha256", salted).update(name).digest();
  const storedKey = createHash("sha256").update(key("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${storedKey}:${key("Server Key").toString("base64")}`;
}
