const { default: Sequencer } = require("@jest/test-sequencer");

/** Projects, and the files of the first one that take minutes, in the order that they are to be begun in. */
const projects = ["end-to-end", "acceptance", "sandbox", "unit"];
const longest = ["dms-migration", "native-replication", "terraform-modules", "npm-package"];

/**
 * Begins with what takes longest, which mostly waits: begun last, one file would run on alone. Jest goes by how long each
 * file took before, and in a fresh clone by its size.
 */
module.exports = class extends Sequencer {
  sort(tests) {
    const rank = ({ context, path }) => {
      const index = longest.findIndex((name) => path.endsWith(`/end-to-end/${name}.test.ts`));
      return projects.indexOf(context.config.displayName?.name) + (index < 0 ? 1 : index / longest.length);
    };
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
};
