import { expect, it } from 'vitest';
import { minimumContrast, terminalColours } from './terminalColours.ts';

/** Relative luminance of WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const { background, cursorAccent, selectionBackground, selectionInactiveBackground, ...inks } =
  terminalColours;

it.each(Object.entries(inks))('%s can be read on the background', (_, ink) => {
  const contrast = (luminance(ink) + 0.05) / (luminance(background) + 0.05);
  expect(contrast).toBeGreaterThanOrEqual(minimumContrast);
});

it('text can be read where it is selected', () => {
  for (const selection of [selectionBackground, selectionInactiveBackground]) {
    const contrast = (luminance(terminalColours.foreground) + 0.05) / (luminance(selection) + 0.05);
    expect(contrast).toBeGreaterThanOrEqual(minimumContrast);
  }
  expect(cursorAccent).toBe(background);
});
