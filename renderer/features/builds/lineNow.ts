/**
 * Where a line (from 1 on) of what was built is in the text now: the nearest line that is the same; null where it is
 * gone.
 */
export function lineNow(built: string, present: string, line: number): number | null {
  const wanted = built.split('\n')[line - 1];
  if (wanted === undefined) return null;
  let nearest: number | null = null;
  for (const [index, text] of present.split('\n').entries()) {
    if (text !== wanted) continue;
    const number = index + 1;
    if (nearest === null || Math.abs(number - line) < Math.abs(nearest - line)) nearest = number;
  }
  return nearest;
}
