import { describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { hostIdSchema, localHostId } from '#core/contract/ids.ts';
import { type BuildForm, canStart, checkBuild, firstForm } from './buildForm.ts';
import type { OpenDocument } from './buildsState.ts';
import { sampleBuild, sampleDefinition, samplePlan } from './sampleBuilds.ts';

const home = hostPathFromText('/home/alice');
const document: OpenDocument = {
  id: '1',
  hostId: localHostId,
  path: hostPathFromText('/work/gromacs.def'),
  name: 'gromacs.def',
  text: sampleDefinition,
  savedText: sampleDefinition,
  modifiedAt: 5000,
  theirs: null,
  revision: 0,
  isDockerfile: false,
  unsupported: [],
};
const outline = {
  stages: [],
  buildArguments: [
    { name: 'VERSION', defaultValue: '1.2', isSecret: false },
    { name: 'TOKEN', defaultValue: null, isSecret: true },
  ],
};

function formWith(change: Partial<BuildForm>): BuildForm {
  return { ...firstForm({ document, outline: null, hostId: localHostId, like: null }), ...change };
}

describe('the form of a build', () => {
  it('builds a saved file by its path, anything else by its text beside the file', () => {
    expect(checkBuild(formWith({}), document, home).input?.definition).toEqual({
      kind: 'file',
      hostId: localHostId,
      path: '/work/gromacs.def',
    });
    const changed = { ...document, text: `${sampleDefinition}#` };
    expect(checkBuild(formWith({}), changed, home).input?.definition).toMatchObject({
      kind: 'text',
      folder: '/work',
    });
    expect(checkBuild(formWith({}), { ...document, path: null }, home).input?.definition).toMatchObject({
      kind: 'text',
      folder: '/home/alice',
      name: 'gromacs.def',
    });
  });

  it('asks for the arguments of the file, and leaves defaults to it', () => {
    const form = firstForm({ document, outline, hostId: localHostId, like: null });
    const missing = checkBuild(form, document, home);
    expect(missing.input).toBeNull();
    expect([...missing.argumentProblems.values()]).toEqual(['missing']);
    const given = form.arguments.map((row) => (row.name === 'TOKEN' ? { ...row, value: 's3cret' } : row));
    const { input, question } = checkBuild({ ...form, arguments: given }, document, home);
    expect(input?.buildArguments).toEqual([{ name: 'TOKEN', value: 's3cret', isSecret: true }]);
    expect(JSON.stringify(question)).not.toContain('s3cret');
  });

  it.each([
    ['a-b', '', 'name'],
    ['A', ' x', 'value'],
  ])('says what is wrong with the argument %j = %j', (name, value, problem) => {
    const row = { id: 1, name, value, isSecret: false, defaultValue: undefined };
    expect(checkBuild(formWith({ arguments: [row] }), document, home).argumentProblems.get(1)).toBe(problem);
  });

  it('sends the image where the person says', () => {
    const hydra = hostIdSchema.parse('hydra');
    const there = formWith({ hostId: hydra, comesHere: false, folder: '/scratch/', binds: ' /a:/b \n\n' });
    expect(checkBuild(there, document, home).input).toMatchObject({
      hostId: 'hydra',
      target: { hostId: 'hydra', folder: '/scratch', fileName: null },
      binds: ['/a:/b'],
    });
    expect(checkBuild(formWith({ folder: 'images' }), document, home).folderProblem).toBe('notAbsolute');
    expect(checkBuild(formWith({ fileName: 'a/b' }), document, home).fileNameProblem).toBe('slash');
  });

  it('takes a moment for reproducible builds, and no compression for folders', () => {
    expect(checkBuild(formWith({ isReproducible: true }), document, home).input?.sourceDateEpoch).toBe(5);
    expect(checkBuild(formWith({ isReproducible: true, epoch: '1.5' }), document, home).epochProblem).toBe(
      true,
    );
    expect(
      checkBuild(formWith({ form: 'sandbox', compression: 'zstd-3' }), document, home).input?.compression,
    ).toBeNull();
  });

  it('begins as a build that is repeated was', () => {
    const like = sampleBuild({ options: { ...sampleBuild().options, nv: true, sourceDateEpoch: 7 } });
    const form = firstForm({ document, outline: null, hostId: localHostId, like });
    expect(form).toMatchObject({ nv: true, isReproducible: true, epoch: '7', folder: '/images' });
    expect(form.arguments).toMatchObject([{ name: 'TOKEN', value: '', isSecret: true }]);
  });

  it('cannot start where nothing can be built, a file is missing, or an image would be replaced unasked', () => {
    const [file] = samplePlan().files;
    if (file === undefined) throw new Error('a sample plan has files');
    expect(canStart(samplePlan(), false)).toBe(true);
    expect(canStart(samplePlan({ way: { ...samplePlan().way, canBuild: false } }), false)).toBe(false);
    expect(canStart(samplePlan({ files: [{ ...file, kind: 'missing' }] }), false)).toBe(false);
    expect(canStart(samplePlan({ exists: { sizeBytes: 1 } }), false)).toBe(false);
    expect(canStart(samplePlan({ exists: { sizeBytes: 1 } }), true)).toBe(true);
  });
});
