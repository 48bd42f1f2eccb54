import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import * as module from '../src/index.js';

const read = (path) => readFile(new URL(path, import.meta.url), 'utf8');

test('all that is exported has a declaration, and nothing else has', async () => {
  const declared = [...(await read('../src/index.d.ts')).matchAll(/^export (?:declare )?(?:class|function|const) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(declared.sort(), Object.keys(module).sort());
});

test('the members of the classes are declared', async () => {
  const declarations = await read('../src/index.d.ts');
  const internal = { Run: ['constructor', 'accept', 'take', 'fail', 'link'], Room: ['constructor', 'entered', 'push', 'end'], Client: ['constructor'] };
  for (const [name, hidden] of Object.entries(internal)) {
    const body = declarations.match(new RegExp(`^export class ${name} [^]*?^}`, 'm'))[0];
    for (const member of Object.getOwnPropertyNames(module[name].prototype).filter((own) => !hidden.includes(own))) {
      assert.match(body, new RegExp(`\\b${member}\\b`), `${name}.${member}`);
    }
  }
});

test('defaults are as documented', async () => {
  const source = await read('../src/client.js');
  for (const [, comment, name] of (await read('../src/index.d.ts')).matchAll(/Default (\d+|1 MiB)\.[^]*?\*\/\s*(\w+)\?/g)) {
    const value = comment === '1 MiB' ? 1_048_576 : Number(comment);
    const found = source.match(new RegExp(`^  ${name}: ([\\d_]+)`, 'm'));
    assert.equal(Number(found?.[1].replaceAll('_', '')), value, name);
  }
});

test('ids are of version 7 and sort by time', () => {
  const ids = [1, 2 ** 33, 1_800_000_000_000].map((now) => module.uuidV7(now));
  assert.deepEqual([...ids].sort(), ids);
  assert.ok(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)));
});

test('the package depends on nothing', async () => {
  const manifest = JSON.parse(await read('../package.json'));
  assert.deepEqual(Object.keys(manifest).filter((key) => /dependencies/i.test(key)), []);
});
