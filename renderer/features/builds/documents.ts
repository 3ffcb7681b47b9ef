import type { BuildRecord } from '#core/contract/builds.ts';
import type { DefinitionTemplate } from '#core/contract/definitions.ts';
import { baseName, type HostPath } from '#core/contract/hostPath.ts';
import { type HostId, localHostId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { textOf } from '#renderer/i18n/i18n.ts';
import { definitionDraftStore } from '#renderer/state/definitionDraft.ts';
import { hostOf, hostsStore, isReachable, reachHost } from '#renderer/state/hosts.ts';
import { addNotice } from '#renderer/state/notices.ts';
import {
  buildsStore,
  changeDocument,
  documentOf,
  type FilePlace,
  isChanged,
  markFailure,
  type OpenDocument,
  showBuildsDialog,
  showDocument,
} from './buildsState.ts';
import { type Draft, draftsOf, keep, readKept } from './drafts.ts';

const recentLimit = 12;
const keepPauseMs = 300;

let lastNumber = 0;
function newId(): string {
  lastNumber += 1;
  return String(lastNumber);
}

/** Opens a definition file of a host, or shows it where it is open. Rejects as `definitions.read` does. */
export async function openDefinition(path: HostPath, hostId: HostId = localHostId): Promise<void> {
  if (showOpen({ hostId, path })) return;
  const file = await client.definitions.read({ hostId, path });
  // The path that was asked for may have been a link to one that is open.
  if (showOpen({ hostId, path: file.path })) return;
  addDocument({
    hostId,
    path: file.path,
    name: baseName(file.path),
    text: file.text,
    savedText: file.text,
    modifiedAt: file.modifiedAt,
    isDockerfile: file.isDockerfile,
  });
  noteRecent({ hostId, path: file.path });
}

/** Opens a file of the list of recent ones; its host is connected first. */
export async function openRecent({ path, hostId }: FilePlace): Promise<void> {
  await reachHost(hostId);
  await openDefinition(path, hostId);
}

function showOpen(place: FilePlace): boolean {
  const known = buildsStore.getState().documents.find((document) => isAt(document, place));
  if (known !== undefined) showDocument(known.id);
  return known !== undefined;
}

function isAt(one: { readonly hostId: HostId; readonly path: HostPath | null }, other: FilePlace): boolean {
  return one.path === other.path && one.hostId === other.hostId;
}

/** Opens a new document with a template's text. */
export function openTemplate(template: Pick<DefinitionTemplate, 'id' | 'text'>): void {
  addDocument({ name: freeName(`${template.id}.def`), text: template.text });
}

/** Opens the draft that another page made, where one waits. */
export function takeDraft(): void {
  const { draft } = definitionDraftStore.getState();
  if (draft === null) return;
  definitionDraftStore.setState({ draft: null });
  addDocument({ name: freeName(draft.name), text: draft.text });
}

/** Opens what a build was made from: its file where that still has the text, else the text itself. */
export async function openBuiltDefinition(build: BuildRecord): Promise<string> {
  const { hostId, path, text } = build.definition;
  if (path !== null) {
    try {
      await openDefinition(path, hostId);
      const { currentId } = buildsStore.getState();
      if (currentId !== null) return currentId;
    } catch (thrown) {
      // Gone or moved since: what was built is kept with the build. Anything else is told.
      if (failureReport(thrown).code !== 'host.pathMissing') throw thrown;
    }
  }
  return addDocument({ name: freeName(build.name), text });
}

/** Turns a Dockerfile into a new definition file; what does not come along is listed with it. */
export async function convertDockerfile(document: OpenDocument): Promise<void> {
  const { definition, unsupported } = await client.definitions.convertDockerfile({ text: document.text });
  addDocument({ name: freeName(`${document.name}.def`), text: definition, unsupported });
  if (unsupported.length > 0) buildsStore.setState({ bottomTab: 'problems' });
}

function addDocument(given: Pick<OpenDocument, 'name' | 'text'> & Partial<OpenDocument>): string {
  const id = newId();
  const document: OpenDocument = {
    id,
    hostId: localHostId,
    path: null,
    savedText: '',
    modifiedAt: null,
    theirs: null,
    revision: 0,
    isDockerfile: false,
    unsupported: [],
    ...given,
  };
  buildsStore.setState(({ documents }) => ({ documents: [...documents, document], currentId: id }));
  return id;
}

function freeName(wanted: string): string {
  const taken = new Set(buildsStore.getState().documents.map(({ name }) => name));
  const stem = wanted.replace(/\.def$/, '');
  let name = wanted.endsWith('.def') ? wanted : `${wanted}.def`;
  for (let number = 2; taken.has(name); number += 1) name = `${stem}-${number}.def`;
  return name;
}

function noteRecent(place: FilePlace): void {
  buildsStore.setState(({ recentFiles }) => ({
    recentFiles: [place, ...recentFiles.filter((known) => !isAt(known, place))].slice(0, recentLimit),
  }));
}

/** Takes a file off the list of recent ones. */
export function forgetRecent(place: FilePlace): void {
  buildsStore.setState(({ recentFiles }) => ({
    recentFiles: recentFiles.filter((known) => !isAt(known, place)),
  }));
}

/**
 * Writes a document that has a path. Says false where the disk has another text now: then nothing is written, and the
 * person is asked. Rejects as `definitions.write` does otherwise.
 */
export async function saveDocument(id: string): Promise<boolean> {
  const document = documentOf(buildsStore.getState(), id);
  if (document === null || document.path === null) return false;
  if (document.theirs !== null) return false;
  return writeTo(document, document.path);
}

/** Writes a document to a new place. With `isReplacing` false it fails with input.changedOnDisk where a file is there. */
export async function saveDocumentAs(id: string, place: FilePlace, isReplacing: boolean): Promise<void> {
  const document = documentOf(buildsStore.getState(), id);
  if (document === null) return;
  const there = isReplacing ? await client.definitions.read(place) : null;
  const { modifiedAt } = await client.definitions.write({
    ...place,
    text: document.text,
    expectedModifiedAt: there?.modifiedAt ?? null,
  });
  noteSaved(document, place, modifiedAt);
  noteRecent(place);
}

async function writeTo(document: OpenDocument, path: HostPath): Promise<boolean> {
  const place = { hostId: document.hostId, path };
  try {
    const { modifiedAt } = await client.definitions.write({
      ...place,
      text: document.text,
      expectedModifiedAt: document.modifiedAt,
    });
    noteSaved(document, place, modifiedAt);
    return true;
  } catch (thrown) {
    if (failureReport(thrown).code !== 'input.changedOnDisk') throw thrown;
    await checkDisk(document.id);
    return false;
  }
}

/** What was written is what `document` had then; more may have been typed since. */
function noteSaved(document: OpenDocument, place: FilePlace, modifiedAt: number): void {
  changeDocument(document.id, {
    ...place,
    name: baseName(place.path),
    savedText: document.text,
    modifiedAt,
    theirs: null,
  });
}

/** Looks whether somebody else wrote an open file. A document without changes takes the new text by itself. */
export async function checkDisk(id: string): Promise<void> {
  const before = documentOf(buildsStore.getState(), id);
  if (before === null || before.path === null) return;
  const host = hostOf(hostsStore.getState(), before.hostId);
  if (host !== null && !isReachable(host)) return; // not now: saving looks again
  let file: { readonly text: string; readonly modifiedAt: number };
  try {
    file = await client.definitions.read({ hostId: before.hostId, path: before.path });
  } catch (thrown) {
    if (failureReport(thrown).code !== 'host.pathMissing') throw thrown;
    // Deleted elsewhere: the text here is the only one left, and saving makes the file again.
    changeDocument(id, { savedText: '', modifiedAt: null, theirs: null });
    return;
  }
  const document = documentOf(buildsStore.getState(), id);
  if (document === null || document.path !== before.path) return;
  const isSame = file.modifiedAt === document.modifiedAt;
  if (isSame && file.text === document.savedText) return;
  if (isSame || file.text === document.text || file.text === document.savedText) {
    changeDocument(id, { savedText: file.text, modifiedAt: file.modifiedAt, theirs: null });
  } else if (isChanged(document)) {
    changeDocument(id, { theirs: { text: file.text, modifiedAt: file.modifiedAt } });
  } else {
    takeText(document, file);
  }
}

function takeText(
  document: OpenDocument,
  { text, modifiedAt }: { readonly text: string; readonly modifiedAt: number },
): void {
  markFailure(document.id, null);
  changeDocument(document.id, {
    text,
    savedText: text,
    modifiedAt,
    theirs: null,
    revision: document.revision + 1,
  });
}

/** Takes what somebody else wrote; what was typed here is gone from the editor but for undo. */
export function takeTheirs(id: string): void {
  const document = documentOf(buildsStore.getState(), id);
  if (document !== null && document.theirs !== null) takeText(document, document.theirs);
}

/** Keeps what was typed here: the next save writes over what somebody else wrote. */
export function keepMine(id: string): void {
  const document = documentOf(buildsStore.getState(), id);
  if (document === null || document.theirs === null) return;
  changeDocument(id, {
    savedText: document.theirs.text,
    modifiedAt: document.theirs.modifiedAt,
    theirs: null,
  });
}

/** Closes a document, or asks first where it has changes. */
export function askClose(id: string): void {
  const document = documentOf(buildsStore.getState(), id);
  if (document === null) return;
  if (isChanged(document) && document.text !== '') showBuildsDialog({ kind: 'close', documentId: id });
  else closeDocument(id);
}

/** Closes a document; changes are gone. */
export function closeDocument(id: string): void {
  buildsStore.setState(
    ({ documents, currentId, lints: { [id]: _lint, ...lints }, marks: { [id]: _mark, ...marks } }) => {
      const at = documents.findIndex((document) => document.id === id);
      const rest = documents.filter((document) => document.id !== id);
      const next = rest[Math.min(at, rest.length - 1)]?.id ?? null;
      return { documents: rest, currentId: currentId === id ? next : currentId, lints, marks };
    },
  );
}

let isRestored = false;

/** Opens again what was open before a reload, with the changes that were not saved; once. */
export async function restoreDocuments(): Promise<void> {
  if (isRestored) return;
  isRestored = true;
  const { drafts, recentFiles } = readKept();
  buildsStore.setState({ recentFiles });
  let currentId: string | null = null;
  for (const draft of drafts) {
    const id = await restore(draft);
    if (draft.isCurrent && id !== null) currentId = id;
  }
  if (currentId !== null) showDocument(currentId);
  keepFromNowOn();
}

/** The id of the document; null where nothing is left of it. */
async function restore({ hostId, path, name, modifiedAt, text }: Draft): Promise<string | null> {
  if (path === null) return text === null ? null : addDocument({ name, text });
  const known = buildsStore.getState().documents.find((document) => isAt(document, { hostId, path }));
  if (known !== undefined) return known.id;
  if (text === null) {
    try {
      await openDefinition(path, hostId);
      return buildsStore.getState().currentId;
    } catch (thrown) {
      tellUnopened(path, thrown);
      return null;
    }
  }
  const id = addDocument({ hostId, path, name, text, modifiedAt });
  try {
    await checkDisk(id);
  } catch (thrown) {
    tellUnopened(path, thrown);
  }
  return id;
}

function tellUnopened(path: HostPath, thrown: unknown): void {
  const report = failureReport(thrown);
  addNotice({
    tone: 'bad',
    title: textOf('builds:notOpened', { path }),
    detail: report.title,
    taskId: null,
    report,
  });
}

function keepFromNowOn(): void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const write = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const state = buildsStore.getState();
    const { drafts, unkeptIds } = draftsOf(state);
    const isKept = keep({ drafts, recentFiles: state.recentFiles });
    const lost = isKept ? unkeptIds : state.documents.filter(isChanged).map(({ id }) => id);
    if (lost.join() !== state.unkeptIds.join()) buildsStore.setState({ unkeptIds: lost });
  };
  buildsStore.subscribe((state, before) => {
    const isSame =
      state.documents === before.documents &&
      state.currentId === before.currentId &&
      state.recentFiles === before.recentFiles;
    if (!isSame) timer ??= setTimeout(write, keepPauseMs);
  });
  // What was typed last before a reload.
  window.addEventListener('pagehide', write);
}

/** Forgets that documents were restored: each test starts afresh. */
export function resetDocuments(): void {
  isRestored = false;
}
