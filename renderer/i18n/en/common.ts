/** Words that many places share. */
export const common = {
  cancel: 'Cancel',
  close: 'Close',
  copy: 'Copy',
  copied: 'Copied',
  copyCommand: 'Copy command',
  copyReport: 'Copy without names',
  copiedReport:
    'The report is copied. Names, addresses and secrets are masked; read it once before you send it.',
  clearText: 'Clear text',
  loading: 'Loading…',
  resize: 'Resize',
  retry: 'Retry',
  save: 'Save',
  unknown: 'unknown',
  more: 'More',
  moreTabs: 'More tabs',
  details: 'Details',
  show: 'Show',
  browse: {
    list: 'In {{folder}}',
    up: 'Folder above',
    loading: 'Reading the folder…',
    empty: 'Nothing here.',
    cut: 'Only the first 500 names are shown. Type to narrow them.',
  },
  error: {
    evidence: 'Evidence',
    unexpected: {
      title: 'Something went wrong that the workbench has no name for.',
      cause: 'The evidence below says what was seen.',
      nextStep: 'Try again. If it happens again, please report it with the evidence.',
    },
    hostGone: {
      title: 'The workbench’s core does not answer.',
      cause: 'The connection between this window and the core was lost, so the action was not carried out.',
      nextStep: 'Wait until the window is connected again, then try again.',
    },
    page: {
      title: 'This page stopped working.',
      text: 'The rest of the window still works, and your work goes on in the core.',
      again: 'Show the page again',
    },
  },
  time: {
    now: 'just now',
    ago: '{{duration}} ago',
    yesterday: 'yesterday',
  },
} as const;
