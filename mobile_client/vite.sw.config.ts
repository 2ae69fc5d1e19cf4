import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { defineConfig } from 'vite';

const dist = join(import.meta.dirname, 'dist');

/** Everything the app shell needs offline. The HR console is for work at a desk: it is fetched when opened. */
function shell(): string[] {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dist, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
  return files.filter((name) => name !== 'sw.js' && !/assets\/hr-|\.map$/.test(name)).sort();
}

function version(files: string[]): string {
  const hash = createHash('sha256');
  for (const name of files) hash.update(name).update(readFileSync(join(dist, name)));
  return hash.digest('hex').slice(0, 12);
}

// A second build: the worker must be one classic script at the root, sharing no chunk with the page.
export default defineConfig(() => {
  const files = shell();
  return {
    define: { __SHELL__: JSON.stringify(files.map((name) => `/${name}`)), __VERSION__: JSON.stringify(version(files)) },
    publicDir: false,
    build: {
      target: 'es2022',
      emptyOutDir: false,
      rollupOptions: {
        input: 'src/sw/sw.ts',
        output: { format: 'iife', entryFileNames: 'sw.js' },
      },
    },
  };
});
