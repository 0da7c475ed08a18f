import { existsSync } from 'node:fs'
import { sharedLibraries } from '../shared-libraries.ts'
import { runBoth } from '../run.ts'
import { WirebookError } from '../../../error.ts'
import type { LayerEntry, Recipe } from '../recipe.ts'
import { busybox } from './busybox.ts'

const program = '/usr/sbin/nginx'
const page = '/usr/share/nginx/html/index.html'

/** nginx as Debian builds it, with its own welcome page of 615 bytes; logs go to the container's output. */
export const nginx: Recipe = { name: 'nginx', version: 1, base: busybox, package: 'nginx', layer, config }

async function config() {
  const version = /nginx\/([\d.]+)/.exec(await runBoth(program, ['-v']))?.[1] ?? 'unknown'
  return {
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', `NGINX_VERSION=${version}`],
    Cmd: ['nginx', '-g', 'daemon off;'],
    ExposedPorts: { '80/tcp': {} },
    StopSignal: 'SIGQUIT',
  }
}

async function layer(): Promise<LayerEntry[]> {
  for (const path of [program, page]) {
    if (!existsSync(path)) throw new WirebookError(`the nginx image needs ${path}, which this machine lacks`, { remedy: 'sudo apt-get install nginx' })
  }
  return [
    ...['run', 'var/log', 'var/log/nginx', 'var/lib', 'var/lib/nginx', 'etc/nginx', 'etc/nginx/conf.d', 'usr/sbin', 'usr/share', 'usr/share/nginx',
      'usr/share/nginx/html'].map(path => ({ path, folder: true as const })),
    { path: 'usr/sbin/nginx', source: program, mode: 0o755 },
    ...await sharedLibraries(program),
    { path: 'usr/share/nginx/html/index.html', source: page, mode: 0o644 },
    { path: 'etc/nginx/nginx.conf', text: nginxConf },
    ...existsSync('/etc/nginx/mime.types') ? [{ path: 'etc/nginx/mime.types', source: '/etc/nginx/mime.types', mode: 0o644 }] : [{ path: 'etc/nginx/mime.types', text: 'types { text/html html; }\n' }],
    { path: 'etc/nginx/conf.d/default.conf', text: defaultConf },
    { path: 'etc/nsswitch.conf', text: 'passwd: files\ngroup: files\nhosts: files dns\n' },
    { path: 'var/log/nginx/access.log', link: '/dev/stdout' },
    { path: 'var/log/nginx/error.log', link: '/dev/stderr' },
  ]
}

const nginxConf = `user www-data;
worker_processes auto;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log notice;
events { worker_connections 1024; }
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log /var/log/nginx/access.log combined;
  sendfile on;
  keepalive_timeout 65;
  include /etc/nginx/conf.d/*.conf;
}
`

const defaultConf = `server {
  listen 80;
  listen [::]:80;
  server_name localhost;
  location / {
    root /usr/share/nginx/html;
    index index.html;
  }
}
`
