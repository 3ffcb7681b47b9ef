/** A rectangle in the units of the room that was divided. */
export interface Tile {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Divides a room into tiles whose areas are in proportion to weights, as nearly square as can be: Bruls, Huizing and van
 * Wijk, "Squarified Treemaps" (2000). The tiles come in the order of the weights; a weight that is not above zero has a
 * tile without area.
 */
export function squarify(weights: readonly number[], width: number, height: number): readonly Tile[] {
  const tiles: Tile[] = weights.map(() => ({ left: 0, top: 0, width: 0, height: 0 }));
  const order = weights
    .map((weight, index) => ({ weight, index }))
    .filter(({ weight }) => Number.isFinite(weight) && weight > 0)
    .sort((one, other) => other.weight - one.weight || one.index - other.index);
  const total = order.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0 || width <= 0 || height <= 0) return tiles;
  const scale = (width * height) / total;
  let room: Tile = { left: 0, top: 0, width, height };
  let at = 0;
  while (at < order.length) {
    const side = Math.min(room.width, room.height);
    const largest = (order[at]?.weight ?? 0) * scale;
    let end = at;
    let sum = 0;
    let worst = Number.POSITIVE_INFINITY;
    while (end < order.length) {
      const area = (order[end]?.weight ?? 0) * scale;
      const next = worstRatio(largest, area, sum + area, side);
      if (next > worst) break;
      worst = next;
      sum += area;
      end += 1;
    }
    room = layRow(order.slice(at, end), { room, sum, scale, tiles });
    at = end;
  }
  return tiles;
}

/** The longest shape of a row whose largest and smallest areas these are. */
function worstRatio(largest: number, smallest: number, sum: number, side: number): number {
  const square = side * side;
  return Math.max((square * largest) / (sum * sum), (sum * sum) / (square * smallest));
}

interface Laying {
  readonly room: Tile;
  readonly sum: number;
  readonly scale: number;
  readonly tiles: Tile[];
}

/** Lays a row along the shorter side of the room; what is left of the room. */
function layRow(
  row: readonly { readonly weight: number; readonly index: number }[],
  { room, sum, scale, tiles }: Laying,
): Tile {
  const isColumn = room.width >= room.height;
  const thickness = sum / (isColumn ? room.height : room.width);
  let along = isColumn ? room.top : room.left;
  for (const { weight, index } of row) {
    const length = (weight * scale) / thickness;
    tiles[index] = isColumn
      ? { left: room.left, top: along, width: thickness, height: length }
      : { left: along, top: room.top, width: length, height: thickness };
    along += length;
  }
  return isColumn
    ? { ...room, left: room.left + thickness, width: Math.max(0, room.width - thickness) }
    : { ...room, top: room.top + thickness, height: Math.max(0, room.height - thickness) };
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The tile that an arrow key leads to: the nearest whose middle lies that way; the same one at an edge. */
export function neighbour(tiles: readonly Tile[], from: number, direction: Direction): number {
  const here = tiles[from];
  if (here === undefined) return from;
  let best = from;
  let shortest = Number.POSITIVE_INFINITY;
  tiles.forEach((tile, index) => {
    if (index === from || tile.width * tile.height === 0) return;
    const across = middleX(tile) - middleX(here);
    const down = middleY(tile) - middleY(here);
    const isSideways = direction === 'left' || direction === 'right';
    const ahead = { left: -across, right: across, up: -down, down }[direction];
    const aside = Math.abs(isSideways ? down : across);
    // Ahead, not merely a little ahead and far aside.
    if (ahead <= 0.5 || aside > ahead * 4) return;
    const distance = ahead + 2 * aside;
    if (distance < shortest) [best, shortest] = [index, distance];
  });
  return best;
}

function middleX(tile: Tile): number {
  return tile.left + tile.width / 2;
}

function middleY(tile: Tile): number {
  return tile.top + tile.height / 2;
}
