// First load = what index.html asks for before anything is tapped: fails above the limit.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const LIMIT_KB = 200;
const dist = join(import.meta.dirname, '..', 'dist');
const page = readFileSync(join(dist, 'index.html'), 'utf8');
const asked = [...page.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map((found) => found[1]);

/** Static imports of a chunk, followed to the end. */
function withImports(names, seen = new Set()) {
  for (const name of names) {
    if (seen.has(name)) continue;
    seen.add(name);
    if (!name.endsWith('.js')) continue;
    const source = readFileSync(join(dist, name), 'utf8');
    const found = [...source.matchAll(/(?:from|import)\s*"(\.[^"]+\.js)"/g)].map((hit) => `/assets/${hit[1].slice(2)}`);
    withImports(found, seen);
  }
  return seen;
}

const size = (name) => gzipSync(readFileSync(join(dist, name))).length / 1024;
const files = [...withImports(asked), '/index.html'];
const total = files.reduce((sum, name) => sum + size(name), 0);
const all = readdirSync(join(dist, 'assets')).reduce((sum, name) => sum + size(`/assets/${name}`), 0);
const inline = page.match(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);

for (const name of files) console.log(`${size(name).toFixed(1).padStart(8)} kB  ${name}`);
console.log(`first load ${total.toFixed(1)} kB gzip of ${LIMIT_KB} (everything: ${all.toFixed(1)} kB)`);
if (inline) console.error(`index.html has something inline that the CSP refuses: ${inline[0]}`);
if (total > LIMIT_KB || inline) process.exit(1);
