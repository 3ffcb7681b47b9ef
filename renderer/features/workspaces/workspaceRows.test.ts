import { describe, expect, it } from 'vitest';
import { localHostId, taskIdSchema } from '#core/contract/ids.ts';
import type { Task, TaskState } from '#core/contract/tasks.ts';
import { sampleReport, sampleTask } from '#renderer/testing/samples.ts';
import { sampleWorkspace } from './sampleWorkspaces.ts';
import { failedWorkOn, openWriters, type WorkspaceSort, workOn, workspaceRows } from './workspaceRows.ts';

const md = sampleWorkspace('md', { modifiedAt: 3000, size: { bytes: 10, files: 1, measuredAt: 1 } });
const env = sampleWorkspace('env-10', { modifiedAt: 2000, size: null, description: 'Plots for the paper' });
const old = sampleWorkspace('env-2', { modifiedAt: null, size: { bytes: 900, files: 3, measuredAt: 1 } });
const running: TaskState = {
  state: 'running',
  progress: {
    phase: 'copy',
    fraction: 0.4,
    text: '',
    bytes: null,
    bytesPerSecond: null,
    secondsLeft: null,
    parts: [],
  },
};
const task = (kind: Task['kind'], title: string, status: TaskState = running) =>
  sampleTask(status, { kind, title, id: taskIdSchema.parse('22222222-aaaa') });

function names(sort: WorkspaceSort, filter = '', tasks: readonly Task[] = []): readonly string[] {
  const host = { hostId: localHostId, workspaces: [md, env, old] };
  return workspaceRows(host, tasks, { filter, sort }).map((row) =>
    row.kind === 'workspace' ? row.workspace.name : `(${row.work.title})`,
  );
}

describe('the rows of the list', () => {
  it('are in the wanted order, numbers in names as numbers, and what is not known last either way', () => {
    expect(names({ column: 'name', isDescending: false })).toEqual(['env-2', 'env-10', 'md']);
    expect(names({ column: 'size', isDescending: false })).toEqual(['md', 'env-2', 'env-10']);
    expect(names({ column: 'size', isDescending: true })).toEqual(['env-2', 'md', 'env-10']);
    expect(names({ column: 'modified', isDescending: true })).toEqual(['md', 'env-10', 'env-2']);
  });

  it('are filtered by every word, in name, description, software and image', () => {
    const byName: WorkspaceSort = { column: 'name', isDescending: false };
    expect(names(byName, 'PAPER plots')).toEqual(['env-10']);
    expect(names(byName, 'spack debian-12')).toHaveLength(3);
    expect(names(byName, 'paper nothing')).toEqual([]);
  });

  it('begin with what is being made, until it is there', () => {
    const byName: WorkspaceSort = { column: 'name', isDescending: false };
    expect(names(byName, '', [task('workspace.create', 'fresh')])[0]).toBe('(fresh)');
    expect(names(byName, '', [task('workspace.create', 'md')])).toHaveLength(3);
    expect(names(byName, '', [task('workspace.create', 'fresh', { state: 'cancelled' })])).toHaveLength(3);
  });
});

describe('work on a workspace', () => {
  it('is found by its id or its name, while it goes on', () => {
    expect(workOn([task('workspace.pack', md.id)], md)?.kind).toBe('workspace.pack');
    expect(workOn([task('workspace.adopt', 'md')], md)?.kind).toBe('workspace.adopt');
    expect(workOn([task('workspace.pack', md.id)], env)).toBeNull();
    expect(workOn([task('image.pull', 'md')], md)).toBeNull();
  });

  it('is told as failed until something else is done', () => {
    const failed = task('workspace.pack', md.id, { state: 'failed', error: sampleReport() });
    expect(failedWorkOn([failed], md)).toBe(failed);
    expect(failedWorkOn([task('workspace.measure', md.id), failed], md)).toBeNull();
  });
});

it('counts those as having a workspace open whose process is not known to be gone', () => {
  const writer = { user: 'bob', node: 'n1', processId: 1, since: 0, what: 'shell' };
  const writers = [
    { ...writer, isAlive: true },
    { ...writer, isAlive: null },
    { ...writer, isAlive: false },
  ];
  expect(openWriters(sampleWorkspace('md', { writers }))).toHaveLength(2);
});
