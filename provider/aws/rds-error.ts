import type { DescribedError } from "../framework/diagnostics";
import { type AwsAccess, withWhom } from "./aws-access";

/** Why AWS did not do what it was asked. */
export type RdsErrorKind =
  /** What was named does not exist. */
  | "not_found"
  /** It exists, and is in a state in which this cannot be done now. */
  | "invalid_state"
  /** AWS answered, and will not do it. */
  | "refused"
  /** No answer was understood: whether it was done is not known. */
  | "unanswered"
  /** The caller's signal ended it. */
  | "aborted";

/** A failed call of the RDS API, in words for the user. No credential is ever in it. */
export class RdsError extends Error implements DescribedError {
  override readonly name = "RdsError";

  constructor(
    readonly kind: RdsErrorKind,
    message: string,
    readonly remedy: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }

  describe(): string {
    return `${this.message}\n\n${this.remedy}`;
  }
}

/**
 * Makes an {@link RdsError} of whatever a call threw.
 *
 * @param action The IAM action, such as `rds:ModifyDBCluster`.
 */
export function toRdsError(error: unknown, action: string, access: AwsAccess, signal: AbortSignal): RdsError {
  if (error instanceof RdsError) return error;
  if (signal.aborted) return abortedError(signal, `It was in the middle of ${action}.`);
  const { name, message, status, requestId } = fields(error);
  const facts = [
    name,
    ...(status === undefined ? [] : [`HTTP ${status}`]),
    ...(requestId === undefined ? [] : [`request ${requestId}`]),
  ];
  const problem = `${action}${withWhom(access)} failed: ${message} (${facts.join(", ")})`;
  if (status === undefined) {
    return new RdsError("unanswered", problem, unansweredRemedy(name, message), error);
  }
  if (/NotFound(Fault)?$/.test(name)) {
    return new RdsError("not_found", problem, "Check the name, the region and the AWS account.", error);
  }
  if (/^InvalidDB(Cluster|Instance)State(Fault)?$/.test(name)) {
    return new RdsError("invalid_state", problem, "Wait until it is available, and run this again.", error);
  }
  // It may be the role that could not be assumed.
  const denied = /not authorized to perform: (\w+:\w+)/.exec(message)?.[1] ?? action;
  return new RdsError(status < 500 ? "refused" : "unanswered", problem, refusalRemedy(name, denied), error);
}

/** The error for work that the caller's signal ended. `seen` is a sentence: how far things were. */
export function abortedError(signal: AbortSignal, seen: string): RdsError {
  const resume = "What was done stays done, and is in the state; applying again goes on from there.";
  return fields(signal.reason).name === "TimeoutError"
    ? new RdsError(
        "aborted",
        `It did not end in the time that it was given. ${seen}`,
        `Give it more time with the resource's timeouts block. ${resume}`,
      )
    : new RdsError("aborted", `The operation was cancelled. ${seen}`, resume);
}

function refusalRemedy(name: string, action: string): string {
  switch (name) {
    case "AccessDenied":
    case "AccessDeniedException":
    case "UnauthorizedOperation":
      return `Allow the IAM action ${action} to the identity that the provider uses (aws_rds_iam_profile, aws_rds_iam_provider_role_arn, or the environment's).`;
    case "ExpiredToken":
    case "ExpiredTokenException":
    case "InvalidClientTokenId":
    case "UnrecognizedClientException":
    case "SignatureDoesNotMatch":
    case "IncompleteSignature":
      return "AWS does not accept these credentials: renew them, and check this machine's clock.";
    case "Throttling":
    case "ThrottlingException":
    case "RequestLimitExceeded":
      return "AWS limits how often its API may be called. Run this again, with a lower -parallelism of Terraform or a higher AWS_MAX_ATTEMPTS.";
    default:
      return "Correct what AWS complains of, and run this again.";
  }
}

function unansweredRemedy(name: string, message: string): string {
  if (/Region is missing/i.test(message)) {
    return "Set region in the resource, aws_rds_iam_region in the provider block, or AWS_REGION.";
  }
  if (/^(CredentialsProvider|TokenProvider)Error$/.test(name)) {
    return "No AWS credentials were found. Set aws_rds_iam_profile in the provider block, AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; or run this where an instance or task role is.";
  }
  return "The RDS API could not be reached. Check this machine's network (in a private subnet: a NAT gateway or a VPC endpoint for rds), the region, and AWS_ENDPOINT_URL.";
}

interface ErrorFields {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
}

/** The SDK's errors are recognized by their fields: importing their classes would load the package. */
function fields(thrown: unknown): ErrorFields {
  const get = (of: unknown, key: string): unknown =>
    typeof of === "object" && of !== null ? (Reflect.get(of, key) as unknown) : undefined;
  const text = (key: string): string | undefined => {
    const value = get(thrown, key);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const metadata = get(thrown, "$metadata");
  const [status, requestId] = [get(metadata, "httpStatusCode"), get(metadata, "requestId")];
  return {
    name: text("name") ?? "Error",
    message: text("message") ?? text("code") ?? String(thrown),
    status: typeof status === "number" ? status : undefined,
    requestId: typeof requestId === "string" ? requestId : undefined,
  };
}
