import type { ComparisonSide, LabelDifference, TextDifference } from '#core/contract/compare.ts';
import { type HostPath, hostPathFromBytes, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { ImageDetail } from '#core/contract/images.ts';
import { parseLabels } from '#core/sif/metadata.ts';
import { findEntry, readTreeFile, readTreeText } from './readTreeFile.ts';
import { compareNames } from './squashfsLayout.ts';
import type { TreeFolder } from './tree.ts';

/** A text is cut at this. */
const longestText = 256 * 1024;
const mostEnvironmentFiles = 200;
const environmentFolder = '.singularity.d/env';

type TextPart = TextDifference['part'];

/** What people wrote for an image: its labels and texts. */
export interface ImageTexts {
  readonly labels: ReadonlyMap<string, string>;
  readonly texts: readonly {
    readonly part: TextPart;
    readonly file: HostPath | null;
    readonly text: string;
  }[];
}

/** Where the runtime keeps each text in an image. Source: apptainer internal/pkg/build/files. */
const files = [
  ['definition', 'Singularity'],
  ['runscript', 'runscript'],
  ['startscript', 'startscript'],
  ['test', 'test'],
  ['help', 'runscript.help'],
] as const;

/** From the file system, which SIF, squashfs and sandbox have alike. */
export async function textsOfTree(root: TreeFolder): Promise<ImageTexts> {
  const texts: ImageTexts['texts'][number][] = [];
  for (const [part, name] of files) {
    const text = await readTreeText(root, `.singularity.d/${name}`, longestText);
    if (text !== null) texts.push({ part, file: null, text });
  }
  const folder = await findEntry(root, environmentFolder);
  const entries = folder?.kind === 'folder' ? ((await folder.list()) ?? []) : [];
  for (const entry of entries.slice(0, mostEnvironmentFiles)) {
    if (entry.kind !== 'file') continue;
    const bytes = await readTreeFile(entry, longestText);
    if (bytes === null) continue;
    const name = hostPathFromBytes(Buffer.from(entry.name, 'latin1'));
    const file = joinPath(hostPathFromText(`/${environmentFolder}`), name);
    texts.push({ part: 'environment', file, text: new TextDecoder().decode(bytes) });
  }
  const labels = await readTreeText(root, '.singularity.d/labels.json', longestText);
  return { labels: labelMap(parseLabels(new TextEncoder().encode(labels ?? ''))), texts };
}

/** From the metadata, where the file system cannot be read. */
export function textsOfDetail(detail: ImageDetail): ImageTexts {
  const texts: ImageTexts['texts'][number][] = [];
  for (const [part] of files) {
    const text = detail[part];
    if (text !== null) texts.push({ part, file: null, text: text.slice(0, longestText) });
  }
  for (const { file, text } of detail.environment)
    texts.push({ part: 'environment', file: hostPathFromText(file), text: text.slice(0, longestText) });
  return { labels: labelMap(detail.labels), texts };
}

function labelMap(
  labels: ImageDetail['labels'] | ReturnType<typeof parseLabels>,
): ReadonlyMap<string, string> {
  return new Map(labels.map(({ name, value }) => [name, value]));
}

/** Labels that differ, by name. */
export function differingLabels(left: ImageTexts, right: ImageTexts): readonly LabelDifference[] {
  const names = [...new Set([...left.labels.keys(), ...right.labels.keys()])].sort(compareNames);
  return names
    .map((name) => ({ name, left: left.labels.get(name) ?? null, right: right.labels.get(name) ?? null }))
    .filter((label) => label.left !== label.right);
}

/** Texts that differ, in the order of the parts. */
export function differingTexts(left: ImageTexts, right: ImageTexts): readonly TextDifference[] {
  const keyOf = ({ part, file }: ImageTexts['texts'][number]) => `${part}\0${file ?? ''}`;
  const ours = new Map(left.texts.map((one) => [keyOf(one), one]));
  const theirs = new Map(right.texts.map((one) => [keyOf(one), one]));
  const found: TextDifference[] = [];
  for (const [key, one] of new Map([...ours, ...theirs])) {
    const both = { left: ours.get(key)?.text ?? null, right: theirs.get(key)?.text ?? null };
    if (both.left !== both.right) found.push({ part: one.part, file: one.file, ...both });
  }
  return found;
}

/** The side of a comparison, from what is known of its image. */
export function sideOf({ image }: ImageDetail): ComparisonSide {
  return { path: image.path, format: image.format, sizeBytes: image.sizeBytes };
}
