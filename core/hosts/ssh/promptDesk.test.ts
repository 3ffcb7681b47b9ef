import { describe, expect, it } from 'vitest';
import { hostIdSchema } from '#core/contract/ids.ts';
import { PromptDesk } from './promptDesk.ts';

const hostId = hostIdSchema.parse('cluster');
const question = { hostId, kind: 'secret', text: 'Password:', fingerprint: null } as const;

describe('the desk of questions', () => {
  it('keeps several at once and gives each its own answer', async () => {
    const desk = new PromptDesk({ canRemember: true });
    let changes = 0;
    const stop = desk.onChange(() => {
      changes += 1;
    });
    const { signal } = new AbortController();
    const first = desk.ask(question, signal);
    const second = desk.ask({ ...question, kind: 'text', text: 'Login:' }, signal);
    const [one, two] = desk.list();
    expect(one).toMatchObject({ ...question, canRemember: true });
    expect(two).toMatchObject({ text: 'Login:', canRemember: false });
    expect(desk.answer(two?.id ?? '', 'alice')).toBe(true);
    expect(desk.answer(two?.id ?? '', 'again')).toBe(false);
    expect(desk.answer(one?.id ?? '', null)).toBe(true);
    expect(await Promise.all([first, second])).toEqual([null, 'alice']);
    expect(changes).toBe(4);
    stop();
    expect(desk.list()).toEqual([]);
  });

  it('takes a question back whose connection ended', async () => {
    const desk = new PromptDesk();
    const ended = new AbortController();
    const asked = desk.ask(question, ended.signal);
    ended.abort(new Error('ssh ended'));
    await expect(asked).rejects.toThrow('ssh ended');
    expect(desk.list()).toEqual([]);
    await expect(desk.ask(question, ended.signal)).rejects.toThrow('ssh ended');
  });
});
