"""What a learner does first, through JupyterLab's own server: opens chapter 1 and runs its cells up to the first real
container. Prints JSON: seconds from asking for a kernel to each cell's end, and what the cells printed."""
import asyncio
import json
import re
import time
import urllib.request
import uuid

from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

server = 'http://127.0.0.1:8888/user/somebody'
headers = {'Authorization': 'token secret', 'Content-Type': 'application/json'}


def post(path, body):
    request = urllib.request.Request(server + path, json.dumps(body).encode(), headers)
    return json.load(urllib.request.urlopen(request, timeout=30))


def message(kind, content):
    header = {'msg_id': uuid.uuid4().hex, 'msg_type': kind, 'session': 'test', 'username': 'test', 'version': '5.4', 'date': ''}
    return {'header': header, 'parent_header': {}, 'metadata': {}, 'content': content, 'channel': 'shell', 'buffers': []}


async def run(socket, source):
    asked = message('execute_request', {'code': source, 'silent': False, 'store_history': True, 'user_expressions': {}, 'allow_stdin': False, 'stop_on_error': True})
    await socket.write_message(json.dumps(asked))
    text = ''
    while True:
        answer = json.loads(await asyncio.wait_for(socket.read_message(), 60))
        if answer['parent_header'].get('msg_id') != asked['header']['msg_id']:
            continue
        kind, content = answer['msg_type'], answer['content']
        if kind == 'stream':
            text += content['text']
        elif kind == 'error':
            raise SystemExit('\n'.join(content['traceback']))
        elif kind in ('display_data', 'update_display_data', 'execute_result'):
            text += str(content['data'].get('text/plain', '')) + '\n'
        elif kind == 'status' and content['execution_state'] == 'idle':
            return text


async def main():
    book = json.load(open('notebooks/01-none.ipynb'))
    cells = [''.join(cell['source']) for cell in book['cells'] if cell['cell_type'] == 'code']
    began = time.monotonic()
    kernel = post('/api/kernels', {'name': 'wirebook', 'path': 'notebooks/01-none.ipynb'})
    address = f"{server.replace('http', 'ws', 1)}/api/kernels/{kernel['id']}/channels?session_id=test"
    socket = await websocket_connect(HTTPRequest(address, headers=headers))
    done = []
    for source in cells:
        printed = await run(socket, source)
        done.append({'source': source, 'printed': printed, 'seconds': round(time.monotonic() - began, 2)})
        if re.search(r'docker run|none\.run', source):
            break
    socket.close()
    urllib.request.urlopen(urllib.request.Request(f"{server}/api/kernels/{kernel['id']}", headers=headers, method='DELETE'), timeout=30)
    print(json.dumps(done))


asyncio.run(main())
