import { client } from '#renderer/api/client.ts';
import { textOf } from '#renderer/i18n/i18n.ts';
import { addNotice } from '#renderer/state/notices.ts';
import { saveTextFile } from '#renderer/ui/saveFile.ts';

/** Saves records as a commented shell script; all of them when none are given. */
export async function exportScript(ids: readonly string[]): Promise<void> {
  const { script } = await client.commandLog.exportScript({ ids: [...ids] });
  const day = new Date().toISOString().slice(0, 10);
  const name = `mysingularity-commands-${day}.sh`;
  saveTextFile(name, script);
  addNotice({
    tone: 'ok',
    title: textOf('commandLog:exported', { name }),
    detail: null,
    taskId: null,
    report: null,
  });
}
