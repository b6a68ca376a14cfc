"""A web server of the benchmarks' own: nginx in a temporary folder, on free ports.

/small/N answers 15 bytes at once, /sleep/N after a second, /wait/S after S; over TLS with a certificate
for 200 addresses. Only loopback is served.
"""

import os
import re
import resource
import shutil
import socket
import subprocess
import time

SYSTEM_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"

CONFIG = """
load_module {modules}/ngx_http_echo_module.so;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
worker_processes 1;
worker_rlimit_nofile {files};

events {{
    worker_connections {files};
    multi_accept on;
}}

http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 1000000000;
    keepalive_timeout 600;
    allow 127.0.0.0/8;
    deny all;

    server {{
        listen {port} backlog=16384;
        listen {tls_port} ssl backlog=16384;
        ssl_certificate {folder}/server.pem;
        ssl_certificate_key {folder}/server.key;
        default_type application/json;

        location /small/ {{
            return 200 '{{"answer": 42}}\\n';
        }}
        location /sleep/ {{
            echo_sleep 1;
            echo '{{"slept": 1}}';
        }}
        location ~ ^/wait/(?<seconds>[0-9.]+)$ {{
            echo_sleep $seconds;
            echo '{{"slept": $seconds}}';
        }}
    }}
}}
"""


def find_nginx():
    path = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
    if not path:
        raise SystemExit("bench.py: nginx is missing (Debian: nginx-light, libnginx-mod-http-echo)")
    built = subprocess.run([path, "-V"], stderr=subprocess.PIPE, text=True, check=True).stderr
    modules = re.search(r"--modules-path=(\S+)", built)
    return path, modules.group(1) if modules else "/usr/lib/nginx/modules"


def free_port():
    with socket.socket() as s:
        s.bind(("", 0))
        return s.getsockname()[1]


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


class Server:
    def __init__(self, folder, cpu):
        self.folder, self.cpu = os.path.join(folder, "server"), cpu
        self.port, self.tls_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.tls_hosts = [f"127.0.{1 + i // 25}.{1 + i % 25}" for i in range(200)]
        self.bundle = os.path.join(self.folder, "bundle.pem")

    def __enter__(self):
        os.mkdir(self.folder)
        os.chmod(self.folder, 0o755)
        self.certify()
        nginx, modules = find_nginx()
        config = os.path.join(self.folder, "nginx.conf")
        with open(config, "w", encoding="ascii") as f:
            f.write(CONFIG.format(folder=self.folder, modules=modules, port=self.port,
                                  tls_port=self.tls_port, files=self.files()))
        self.process = subprocess.Popen(
            ["taskset", "-c", str(self.cpu), nginx, "-e", "stderr", "-c", config])
        self.wait_until_up()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    @staticmethod
    def files():
        """As many connections as this process may have files open."""
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        return 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)

    def wait_until_up(self):
        for _ in range(200):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        self.process.terminate()
        raise SystemExit("bench.py: nginx did not start")

    def certify(self):
        """A CA, and a certificate of it for all the addresses. Clients get the CA among
        all those of the system: to read these is what new connections cost."""
        at = lambda name: os.path.join(self.folder, name)
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        openssl("req", "-x509", *key, "-keyout", at("ca.key"), "-out", at("ca.pem"),
                "-days", "30", "-subj", "/CN=trawl bench CA")
        openssl("req", *key, "-keyout", at("server.key"), "-out", at("server.csr"),
                "-subj", "/CN=trawl bench")
        with open(at("server.ext"), "w", encoding="ascii") as f:
            f.write("subjectAltName=" + ",".join(f"IP:{host}" for host in self.tls_hosts) + "\n")
        openssl("x509", "-req", "-in", at("server.csr"), "-CA", at("ca.pem"), "-CAkey",
                at("ca.key"), "-CAcreateserial", "-days", "30", "-extfile", at("server.ext"),
                "-out", at("server.pem"))
        with open(self.bundle, "wb") as out:
            for name in (SYSTEM_BUNDLE, at("ca.pem")):
                if os.path.exists(name):
                    with open(name, "rb") as f:
                        shutil.copyfileobj(f, out)
