#!/usr/bin/env node
/** Starts the command line from its TypeScript sources, so that an edited feature or model file counts at once, with nothing to build. */
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Tagcast needs Node 20.19 or newer; this is Node ${process.versions.node}.`);
  process.exit(2);
}
const { register } = await import('tsx/esm/api').catch(() => {
  console.error('The packages of Tagcast are not installed. Run `npm ci` (or `npm run quickstart`) first.');
  process.exit(2);
});
register();
const { main } = await import('../src/surfaces/cli/main.ts');
const code = await main(process.argv.slice(2));
// A command that answers and still has something to complain about, such as `doctor`, sets the exit code itself.
if (code !== 0) process.exitCode = code;
