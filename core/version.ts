import packageFile from '../package.json' with { type: 'json' };

/** The workbench's own version. */
export const version: string = packageFile.version;
