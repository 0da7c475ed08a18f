# JupyterLab opens on the book, and kernels talk over private sockets instead of TCP ports.
c = get_config()  # noqa: F821
c.ServerApp.root_dir = '/home/jovyan/wirebook'
c.ServerApp.default_url = '/lab/tree/notebooks/00-overview.ipynb'
c.LabApp.default_url = '/lab/tree/notebooks/00-overview.ipynb'
c.KernelManager.transport = 'ipc'
