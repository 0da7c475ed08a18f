"""Executes notebooks with nbclient and reports each step as one line of JSON on standard output.

The job is the first line of standard input: {"kernel", "timeout", "chapters": [{"chapter", "source", "target", "folder"}],
"facts": {name: expression}}. Standard input then stays open; its end means that the owner is gone, and everything stops.
Kernels are reached over ipc sockets in JUPYTER_RUNTIME_DIR, so no TCP port is opened.
"""

import asyncio
import json
import os
import signal
import sys
import threading
import time
import uuid

import nbformat
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.paths import jupyter_runtime_dir
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError


def tell(event, **fields):
    print(json.dumps({"event": event, **fields}, ensure_ascii=False), flush=True)


async def main():
    loop = asyncio.get_running_loop()
    job = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    work = asyncio.current_task()
    loop.create_task(end_with_owner(loop, work))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, work.cancel)
    for chapter in job["chapters"]:
        await run_chapter(chapter, job, work)


async def end_with_owner(loop, work):
    """Reads standard input on a thread of its own that does not keep the process alive."""
    ended = loop.create_future()

    def read():
        sys.stdin.read()
        loop.call_soon_threadsafe(ended.set_result, None)

    threading.Thread(target=read, daemon=True).start()
    await ended
    work.cancel()


async def run_chapter(chapter, job, work):
    name = chapter["chapter"]
    notebook = nbformat.read(chapter["source"], as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in code:
        cell.outputs = []
        cell.execution_count = None
    tell("chapter", chapter=name, cells=len(code))
    started = time.monotonic()
    manager = AsyncKernelManager(
        kernel_name=job["kernel"],
        transport="ipc",
        connection_file=os.path.join(jupyter_runtime_dir(), f"kernel-{uuid.uuid4()}.json"),
    )
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=job["timeout"],
        startup_timeout=60,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": chapter["folder"]}},
    )
    error = None
    facts = {}
    try:
        async with client.async_setup_kernel(cleanup_kc=True):
            loop = asyncio.get_running_loop()
            # nbclient puts handlers of its own in their place, which end the kernel but not the run.
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, work.cancel)
            await take_language(client, notebook)
            error = await run_cells(client, notebook, name)
            if error is None or error["traceback"]:  # else the kernel is dead or still busy
                facts = await read_facts(client, job["facts"])
    except (DeadKernelError, RuntimeError) as problem:
        error = {"name": type(problem).__name__, "message": str(problem), "traceback": [], **(error or {})}
    write(notebook, chapter["target"])
    tell("end", chapter=name, seconds=time.monotonic() - started, error=error, facts=facts)


async def take_language(client, notebook):
    reply = await client.async_wait_for_reply(client.kc.kernel_info())
    if reply:
        notebook.metadata["language_info"] = reply["content"]["language_info"]


async def run_cells(client, notebook, name):
    """Runs the cells in order until one fails; what failed, or None."""
    heading = ""
    count = 0
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            heading = last_heading(cell.source) or heading
        if cell.cell_type != "code":
            continue
        count += 1
        tell("cell", chapter=name, cell=count, heading=heading)
        started = time.monotonic()
        try:
            await client.async_execute_cell(cell, index, execution_count=client.code_cells_executed + 1)
        except CellExecutionError as problem:
            return failure(count, heading, problem.ename, problem.evalue, traceback_of(cell))
        except CellTimeoutError:
            message = f"the cell did not end within {client.timeout} s"
            return failure(count, heading, "CellTimeoutError", message, [])
        except DeadKernelError:
            return failure(count, heading, "DeadKernelError", "the kernel died while the cell ran", [])
        tell("done", chapter=name, cell=count, seconds=time.monotonic() - started)
    return None


def failure(cell, heading, name, message, traceback):
    return {"cell": cell, "heading": heading, "name": name, "message": message, "traceback": traceback}


def traceback_of(cell):
    return next((output.traceback for output in cell.outputs if output.output_type == "error"), [])


def last_heading(source):
    headings = [line.lstrip("#").strip() for line in source.splitlines() if line.startswith("#")]
    return headings[-1] if headings else None


async def read_facts(client, expressions):
    """What the notebook's own lab says of itself, asked in the kernel after the last cell."""
    if not await client.km.is_alive():
        return {}
    client.timeout = None  # the deadline below is the one that counts
    message = client.kc.execute("", silent=True, store_history=False, user_expressions=expressions)
    try:
        reply = await asyncio.wait_for(client.async_wait_for_reply(message), 10)
    except (asyncio.TimeoutError, DeadKernelError):
        return {}
    results = (reply or {}).get("content", {}).get("user_expressions", {})
    return {
        name: result["data"].get("text/plain", "").strip("'\"`")
        for name, result in results.items()
        if result.get("status") == "ok"
    }


def write(notebook, target):
    """Whole or not at all: a reader never sees half a notebook."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    partial = f"{target}.{os.getpid()}"
    nbformat.write(notebook, partial)
    os.replace(partial, target)


try:
    asyncio.run(main())
except asyncio.CancelledError:
    sys.exit(130)
