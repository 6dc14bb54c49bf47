export { EphemeralResource, type EphemeralResourceProps } from "./ephemeral-resource";
export { GeneratedSecret, type GeneratedSecretProps } from "./generated-secret";
export { SecretValue, type SecretValueProps } from "./secret-value";
