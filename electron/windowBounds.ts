import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const boundsSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(400),
  height: z.number().int().min(300),
});
const storedSchema = z.object({ bounds: boundsSchema, isMaximized: z.boolean() });
export type Bounds = z.infer<typeof boundsSchema>;
export type WindowBounds = z.infer<typeof storedSchema>;

/** How much of a window must be on a screen for it to be found there. */
const visiblePixels = 100;

/** Where the window was, when that is still on a screen; null where it is not, or nothing good is stored. */
export function readWindowBounds(file: string, screens: readonly Bounds[]): WindowBounds | null {
  let stored: unknown;
  try {
    stored = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null; // the first start, or a damaged file: the default size is good enough
  }
  const parsed = storedSchema.safeParse(stored);
  if (!parsed.success) return null;
  return screens.some((screen) => overlaps(parsed.data.bounds, screen)) ? parsed.data : null;
}

export function writeWindowBounds(file: string, bounds: WindowBounds): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(bounds));
  renameSync(`${file}.new`, file);
}

function overlaps(window: Bounds, screen: Bounds): boolean {
  const width = Math.min(window.x + window.width, screen.x + screen.width) - Math.max(window.x, screen.x);
  const height = Math.min(window.y + window.height, screen.y + screen.height) - Math.max(window.y, screen.y);
  return width >= visiblePixels && height >= visiblePixels;
}
