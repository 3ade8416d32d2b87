/** A Chromium to drive: the system's where there is one, else the one of the npm package `@sparticuz/chromium` with the libraries it brings. */
import { execFile } from 'node:child_process'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createBrotliDecompress } from 'node:zlib'
import { type Browser, chromium } from 'playwright-core'
import { cached, progress } from './cache.ts'

const launchArguments = [
  '--no-sandbox',
  '--disable-features=LocalNetworkAccessChecks',
  '--disable-background-networking',
  '--disable-dev-shm-usage',
  '--font-render-hinting=none',
]

export async function launchBrowser(): Promise<Browser> {
  const system = systemBrowser()
  if (system) return chromium.launch({ executablePath: system, args: launchArguments })
  const packed = await unpack()
  return chromium.launch({
    executablePath: join(packed, 'chromium'),
    args: [...launchArguments, '--headless=shell', '--no-zygote', '--disable-gpu'],
    env: {
      ...(process.env as Record<string, string>),
      LD_LIBRARY_PATH: [join(packed, 'al2023', 'lib'), process.env['LD_LIBRARY_PATH']].filter(Boolean).join(delimiter),
      FONTCONFIG_PATH: join(packed, 'fonts'),
    },
  })
}

/** Chromium or Chrome as the system has it; `LINTEL_TEST_CHROMIUM` names another. */
function systemBrowser(): string | undefined {
  const named = process.env['LINTEL_TEST_CHROMIUM']
  if (named) return named
  const known: Partial<Record<NodeJS.Platform, string[]>> = {
    darwin: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'],
    win32: ['C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe', 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe'],
  }
  const onPath = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)
  return [...(known[process.platform] ?? []), ...onPath.flatMap((name) => folders.map((folder) => join(folder, name)))].find(existsSync)
}

async function unpack(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('no Chromium was found: install Chromium or Chrome, or name one in LINTEL_TEST_CHROMIUM')
  }
  const main = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const bin = join(dirname(main), '..', '..', 'bin')
  const { version } = createRequire(import.meta.url)(join(bin, '..', 'package.json')) as { version: string }
  return cached('chromium', version, async (folder) => {
    progress(`unpacking Chromium ${version} (once)`)
    await pipeline(createReadStream(join(bin, 'chromium.br')), createBrotliDecompress(), createWriteStream(join(folder, 'chromium')))
    await chmod(join(folder, 'chromium'), 0o755)
    for (const name of ['al2023', 'fonts', 'swiftshader']) {
      const target = name === 'swiftshader' ? folder : join(folder, name)
      await mkdir(target, { recursive: true })
      await untar(join(bin, `${name}.tar.br`), target)
    }
    await writeFile(join(folder, 'fonts', 'fonts.conf'), fontConfig(folder))
  })
}

async function untar(archive: string, folder: string): Promise<void> {
  // Through a file: tar closes its input at the archive's end mark, before the padding is through.
  const plain = join(folder, '.archive.tar')
  await pipeline(createReadStream(archive), createBrotliDecompress(), createWriteStream(plain))
  await promisify(execFile)('tar', ['-xf', plain, '-C', folder])
  await rm(plain)
}

/** The package's own configuration names the folders of the place it was made for. */
function fontConfig(folder: string): string {
  const prefer = (family: string, first: string) => `<alias><family>${family}</family><prefer><family>${first}</family></prefer></alias>`
  return [
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>',
    `<dir>${join(folder, 'fonts')}</dir><dir>/usr/share/fonts</dir><dir>/usr/local/share/fonts</dir>`,
    `<cachedir>${join(folder, 'font-cache')}</cachedir>`,
    prefer('sans-serif', 'Open Sans'),
    prefer('system-ui', 'Open Sans'),
    prefer('monospace', 'DejaVu Sans Mono'),
    '</fontconfig>',
  ].join('\n')
}
