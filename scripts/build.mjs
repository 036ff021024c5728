// Bundles src/cli/main.ts into dist/upgrade-push.mjs: one file starts in a fraction of the time of hundreds.
import { chmodSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { build } from 'esbuild'

/** zod brings its messages along in fifty languages; ours are our own, and English. A fifth of the bundle that every start would read. */
const englishOnly = {
  name: 'english-only',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, ({ path }) => ({
      contents: "export { default as en } from './en.js'",
      resolveDir: dirname(path),
    })),
}

/** Ink names React's developer tools, a package that nobody who runs this has. */
const withoutDevtools = {
  name: 'without-devtools',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: 'without-devtools' }))
    onLoad({ filter: /.*/, namespace: 'without-devtools' }, () => ({ contents: 'export default {}' }))
  },
}

rmSync('dist', { recursive: true, force: true })
await build({
  entryPoints: { 'upgrade-push': 'src/cli/main.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  sourcemap: false,
  legalComments: 'none',
  // ssh2 loads native bindings if they were built, and works without them.
  external: ['ssh2', 'node-ssh', 'cpu-features', '*.node'],
  plugins: [englishOnly, withoutDevtools],
  // React's other build warns, measures, and is several times slower.
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  minifySyntax: true,
  minifyWhitespace: true,
  // CommonJS packages inside an ES module still call `require` for node's own modules.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
})
chmodSync('dist/upgrade-push.mjs', 0o755)
