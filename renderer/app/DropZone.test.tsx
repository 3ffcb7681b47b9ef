// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { imagesStore, resetImagesState } from '#renderer/features/images/imagesState.ts';
import { layoutStore } from '#renderer/state/layout.ts';
import { noticesStore } from '#renderer/state/notices.ts';
import { pullRequestStore, taken } from '#renderer/state/pullRequest.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { DropZone } from './DropZone.tsx';

interface Dragged {
  readonly files?: readonly File[];
  readonly folders?: readonly string[];
  readonly link?: string;
  readonly words?: string;
}

/** What a browser gives for a drag. */
function transferOf({ files = [], folders = [], link = '', words = '' }: Dragged) {
  const entries = [
    ...files.map((file) => ({ file, isDirectory: false })),
    ...folders.map((name) => ({ file: new File([], name), isDirectory: true })),
  ];
  return {
    types: [
      ...(entries.length > 0 ? ['Files'] : []),
      ...(link === '' ? [] : ['text/uri-list']),
      ...(words === '' ? [] : ['text/plain']),
    ],
    items: entries.map(({ file, isDirectory }) => ({
      kind: 'file',
      getAsFile: () => file,
      webkitGetAsEntry: () => ({ isDirectory }),
    })),
    getData: (type: string) => (type === 'text/uri-list' ? link : words),
    dropEffect: 'none',
  };
}

const tar = new File(['bytes'], 'image.tar');
const pathOf = vi.fn((_file: File) => '');
const over = (dragged: Dragged, element: Element = document.body) =>
  fireEvent.dragOver(element, { dataTransfer: transferOf(dragged) });
const drop = (dragged: Dragged, element: Element = document.body) =>
  act(async () => {
    fireEvent.drop(element, { dataTransfer: transferOf(dragged) });
  });

beforeEach(() => {
  resetImagesState();
  taken();
  noticesStore.setState({ notices: [] });
  layoutStore.setState({ page: 'shells' });
  pathOf.mockReturnValue('');
  Object.defineProperty(window, 'workbench', { configurable: true, value: { connect: vi.fn(), pathOf } });
  renderPage(
    <>
      <input aria-label="Field" />
      <p>Words</p>
      <DropZone />
    </>,
  );
});
afterEach(() => {
  Object.defineProperty(window, 'workbench', { configurable: true, value: undefined });
});

describe('dropping on the window', () => {
  it('shows where things can be dropped, until they leave', () => {
    // A test's event says whether its default was prevented: the drop would be refused otherwise.
    expect(over({ files: [tar] })).toBe(false);
    expect(screen.getByRole('status').textContent).toContain('Drop to import');
    fireEvent.dragLeave(document.body, { relatedTarget: null });
    expect(screen.queryByRole('status')).toBe(null);
  });

  it('opens the import with paths, where the door tells them', async () => {
    pathOf.mockImplementation((file) => `/home/alice/${file.name}`);
    over({ files: [tar] });
    await drop({ files: [tar, new File([], 'other.sif')] });
    await waitFor(() =>
      expect(imagesStore.getState().dialog).toMatchObject({
        kind: 'import',
        start: {
          file: { path: '/home/alice/image.tar', upload: null },
          others: [{ path: '/home/alice/other.sif', upload: null }],
        },
      }),
    );
    expect(layoutStore.getState().page).toBe('images');
    expect(screen.queryByRole('status')).toBe(null);
  });

  it('takes a folder by its path', async () => {
    pathOf.mockReturnValue('/data/sandbox');
    await drop({ folders: ['sandbox'] });
    await waitFor(() =>
      expect(imagesStore.getState().dialog).toMatchObject({ start: { file: { path: '/data/sandbox' } } }),
    );
  });

  it('sends the bytes where no path is told', async () => {
    await drop({ files: [tar] });
    await waitFor(() => expect(imagesStore.getState().dialog).toEqual({ kind: 'upload', files: [tar] }));
  });

  it('says that a browser tells no folder', async () => {
    await drop({ folders: ['sandbox'] });
    await waitFor(() =>
      expect(noticesStore.getState().notices[0]).toMatchObject({
        title: 'A browser does not tell where a dropped folder is',
      }),
    );
    expect(imagesStore.getState().dialog).toBe(null);
  });

  it('takes no more files than core keeps, and says so', async () => {
    await drop({ files: Array.from({ length: 9 }, (_, index) => new File([], `${index}.tar`)) });
    await waitFor(() => expect(imagesStore.getState().dialog).toMatchObject({ kind: 'upload' }));
    expect(noticesStore.getState().notices[0]?.title).toBe('Only the first 8 of 9 files were taken');
  });

  it('pulls what a dropped link or text names', async () => {
    await drop({ link: '# from a page\r\nhttps://hub.docker.com/_/alpine', words: 'alpine' });
    await waitFor(() =>
      expect(pullRequestStore.getState().request?.reference).toBe('https://hub.docker.com/_/alpine'),
    );
    await drop({ words: ' quay.io/lab/tool:1 ' });
    await waitFor(() => expect(pullRequestStore.getState().request?.reference).toBe('quay.io/lab/tool:1'));
  });

  it('leaves alone what is not for it', async () => {
    // Words dragged into a field are the field's.
    expect(over({ words: 'alpine' }, screen.getByLabelText('Field'))).toBe(true);
    await drop({ words: 'alpine' }, screen.getByLabelText('Field'));
    // A drag that begins in the page is the page's own.
    fireEvent.dragStart(screen.getByText('Words'));
    expect(over({ words: 'Words' })).toBe(true);
    fireEvent.dragEnd(screen.getByText('Words'));
    // A part of the page that takes drops itself.
    const terminal = screen.getByText('Words');
    terminal.addEventListener('dragover', (event) => event.preventDefault());
    terminal.addEventListener('drop', (event) => event.preventDefault());
    over({ files: [tar] }, terminal);
    expect(screen.queryByRole('status')).toBe(null);
    await drop({ files: [tar] }, terminal);
    expect(imagesStore.getState().dialog).toBe(null);
    expect(pullRequestStore.getState().request).toBe(null);
  });
});
