/**
 * Loads the node side of the build (CommonJS) together with what V8 had compiled of it when it was built: reading and
 * compiling the sources anew takes half of what a start of core takes. node has the same for all modules from 22.1 on
 * (`module.enableCompileCache`), not for 20.
 *
 * Compiled code of another version of V8, or made with other flags, is refused by V8, and the source is compiled as ever.
 * V8 compares no more of the source than its length, so that both must come from one build: build.mjs makes them in one
 * fresh folder.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

// The V8 of node 20 optimises a function once it has run 66 KB of its bytecode. A core that has just started answers before
// that pays off: optimising takes the other processor, and what was assumed too early is thrown away again. A first look at
// 1,000 images takes 136 instead of 177 ms. Later ones wait longer by themselves, and do not know the flag.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--interrupt-budget=400000');

/** By file. */
const modules = new Map();
const scripts = new Map();

/**
 * What the module of this file exports; everything that it requires with a relative path is loaded the same way. Modules
 * have no `import()` left: the bundler makes it a late `require`.
 */
export function load(file) {
  const known = modules.get(file);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  modules.set(file, module);
  const folder = dirname(file);
  const requireOther = createRequire(file);
  const require = (name) => (name.startsWith('.') ? load(resolve(folder, name)) : requireOther(name));
  try {
    compile(file).runInThisContext()(module.exports, require, module, file, folder);
  } catch (error) {
    modules.delete(file); // as node does: it may be there, or whole, the next time
    throw error;
  }
  return module.exports;
}

/** Compiles a module without running it. */
export function compile(file) {
  // On one line with the first one of the module: line numbers stay.
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`;
  const script = new Script(source, { filename: file, cachedData: compiledOf(file) });
  scripts.set(file, script);
  return script;
}

/** Writes what V8 has compiled of every module that was loaded, functions that ran included. */
export function keepCompiled() {
  for (const [file, script] of scripts) writeFileSync(nameFor(file), script.createCachedData());
}

function compiledOf(file) {
  try {
    return readFileSync(nameFor(file));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  }
}

function nameFor(file) {
  return `${file}.compiled`;
}
