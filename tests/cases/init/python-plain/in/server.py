import os
from http.server import HTTPServer
HTTPServer(("127.0.0.1", 8765), Handler).serve_forever()
