import { describe, expect, it } from 'vitest';
import { neighbour, squarify } from './squarify.ts';

describe('squarify', () => {
  it('lays the example of the paper as the paper does', () => {
    const tiles = squarify([6, 6, 4, 3, 2, 2, 1], 6, 4);
    const rounded = tiles.map(({ left, top, width, height }) =>
      [left, top, width, height].map((value) => Math.round(value * 100) / 100),
    );
    expect(rounded).toEqual([
      [0, 0, 3, 2],
      [0, 2, 3, 2],
      [3, 0, 1.71, 2.33],
      [4.71, 0, 1.29, 2.33],
      [3, 2.33, 1.2, 1.67],
      [4.2, 2.33, 1.2, 1.67],
      [5.4, 2.33, 0.6, 1.67],
    ]);
  });

  it('gives each weight its share, in the order given, and fills the room', () => {
    const weights = [1, 700, 30, 0, 5, 260];
    const tiles = squarify(weights, 300, 120);
    const areas = tiles.map(({ width, height }) => width * height);
    weights.forEach((weight, index) => {
      expect(areas[index]).toBeCloseTo((weight / 996) * 36_000, 4);
    });
    for (const tile of tiles) {
      expect(tile.left + tile.width).toBeLessThanOrEqual(300.001);
      expect(tile.top + tile.height).toBeLessThanOrEqual(120.001);
    }
  });

  it('has nothing to lay without weights, without room, or with weights that are no numbers', () => {
    expect(squarify([], 10, 10)).toEqual([]);
    expect(squarify([1, 2], 0, 10).every(({ width, height }) => width * height === 0)).toBe(true);
    expect(squarify([Number.NaN, -1, 0], 10, 10).every(({ width }) => width === 0)).toBe(true);
  });
});

describe('neighbour', () => {
  const tiles = squarify([6, 6, 4, 3, 2, 2, 1], 6, 4).map(({ left, top, width, height }) => ({
    left: left * 100,
    top: top * 100,
    width: width * 100,
    height: height * 100,
  }));

  it('goes to the tile that lies that way', () => {
    expect(neighbour(tiles, 0, 'down')).toBe(1);
    expect(neighbour(tiles, 0, 'right')).toBe(2);
    expect(neighbour(tiles, 2, 'right')).toBe(3);
    expect(neighbour(tiles, 4, 'up')).toBe(2);
  });

  it('stays at an edge', () => {
    expect(neighbour(tiles, 0, 'left')).toBe(0);
    expect(neighbour(tiles, 1, 'down')).toBe(1);
  });
});
