/**
 * Does work for each item, at most `limit` at once. Gives way to the rest of the process now and then, also when
 * nothing had to be waited for. Fails with the first failure, once what ran then has come to its end; nothing is begun
 * after it.
 */
export async function eachLimited<Item>(
  items: Iterable<Item>,
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const failures: unknown[] = [];
  let sincePause = 0;
  async function worker(): Promise<void> {
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
      try {
        await work(next.value);
      } catch (thrown) {
        failures.push(thrown);
      }
      if (failures.length > 0) return;
      sincePause += 1;
      if (sincePause < 500) continue;
      sincePause = 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  await Promise.all(Array.from({ length: limit }, worker));
  if (failures.length > 0) throw failures[0];
}
