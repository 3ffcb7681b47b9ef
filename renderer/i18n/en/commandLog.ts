/** Texts of the command log. */
export const commandLog = {
  title: 'Commands',
  empty: 'No commands yet',
  emptyText:
    'Every command line that the workbench runs is listed here, with secrets masked, so that you can repeat it by hand.',
  list: 'Commands, newest first',
  filter: 'Filter commands',
  more: 'Show the whole command',
  less: 'Show one line',
  running: 'running',
  ok: 'exit 0',
  failed: 'exit {{status}}',
  ended: 'ended',
  ran: 'Ran',
  byHand: 'By hand',
  exportScript: 'Export as script',
  exportHint: 'A commented shell script of the commands that the filter shows',
  exported: 'Saved {{name}}',
  noMatch: 'No command matches the filter.',
} as const;
