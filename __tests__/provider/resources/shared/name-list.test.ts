import { nameList } from "../../../../provider/resources/shared/name-list";

test("a list has the first ten names, and the number of the others", () => {
  const names = Array.from({ length: 12 }, (_, index) => `t${index}`);
  expect(nameList(names.slice(0, 2))).toBe("t0, t1");
  expect(nameList(names.slice(0, 10))).toBe("t0, t1, t2, t3, t4, t5, t6, t7, t8, t9");
  expect(nameList(names)).toBe("t0, t1, t2, t3, t4, t5, t6, t7, t8, t9 and 2 more");
});
