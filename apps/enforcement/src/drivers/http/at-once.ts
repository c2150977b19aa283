/** Asks for each, so many at the same time; answers in the order of what was asked. The first failure is the outcome. */
export async function atOnce<A, B>(most: number, asked: readonly A[], ask: (one: A) => Promise<B>): Promise<B[]> {
  const answers: B[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < asked.length; at = next++) answers[at] = await ask(asked[at]!);
  };
  await Promise.all(Array.from({ length: Math.min(most, asked.length) }, work));
  return answers;
}
