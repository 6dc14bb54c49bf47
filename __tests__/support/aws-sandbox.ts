import { awsSandboxObstacle } from "../../sandbox/aws/requirements";

/**
 * `describe`, for tests on the AWS side of the sandbox. Where that cannot run they are skipped, with the reason in the
 * name, and fail with it in CI.
 *
 * @param furtherObstacle - tells, in one line, why what else they need cannot be had.
 */
export function describeAws(
  name: string,
  define: () => void,
  furtherObstacle: () => string | undefined = () => undefined,
): void {
  const obstacle = awsSandboxObstacle() ?? furtherObstacle();
  if (obstacle === undefined) {
    describe(name, define);
  } else if (process.env["CI"]) {
    test(name, () => {
      throw new Error(obstacle);
    });
  } else {
    test.skip(`${name} (${obstacle})`, () => {});
  }
}
