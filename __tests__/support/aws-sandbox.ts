import { awsSandboxObstacleNow } from "../../sandbox/aws/requirements";

/**
 * `describe`, for tests on the AWS side of the sandbox. Where that cannot run they are skipped, with the reason in the
 * name, and fail with it in CI.
 */
export function describeAws(name: string, define: () => void): void {
  const obstacle = awsSandboxObstacleNow();
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
