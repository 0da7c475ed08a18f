# What the server in the image has of its own: JupyterLab opens on the book, its kernels talk over private sockets instead
# of TCP ports, and nothing asks the internet.
import os
import subprocess

c = get_config()  # noqa: F821
book = os.path.join(os.environ['HOME'], 'wirebook')
first = '/lab/tree/notebooks/00-overview.ipynb'
c.ServerApp.root_dir = book
c.ServerApp.default_url = first
c.LabApp.default_url = first
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = 'jupyterlab.handlers.announcements.NeverCheckForUpdate'
c.LabApp.extension_manager = 'readonly'
c.KernelManager.transport = 'ipc'
c.KernelSpecManager.allowed_kernelspecs = {'wirebook'}
c.KernelSpecManager.ensure_native_kernel = False
c.MappingKernelManager.default_kernel_name = 'wirebook'
c.FileContentsManager.delete_to_trash = False

# The lab's snapshot is unpacked while the browser loads JupyterLab; a lab that starts sooner waits for it.
subprocess.Popen([os.path.join(book, 'wirebook'), 'vm', 'unpack'], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
