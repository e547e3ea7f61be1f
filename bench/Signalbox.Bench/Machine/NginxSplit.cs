using System.Globalization;

namespace Signalbox.Bench.Machine;

/// <summary>nginx before two backends that always run; a switch is another upstream and a graceful reload.</summary>
internal sealed class NginxSplit : IDisposable
{
    private readonly Workspace _workspace;
    private readonly int _port;
    private readonly int[] _backends;
    private readonly Daemon _process;

    public NginxSplit(Workspace workspace, int port, params int[] backends)
    {
        (_workspace, _port, _backends) = (workspace, port, backends);
        WriteConfiguration(0);
        _process = new(workspace.PathOf("nginx.log"), "nginx", null, "-c", ConfigurationPath, "-g", "daemon off;");
    }

    public Daemon Process => _process;

    private string ConfigurationPath => _workspace.PathOf("nginx.conf");

    /// <summary>Writes the configuration for the other backend and runs <c>nginx -s reload</c>.</summary>
    public async Task SwitchAsync(int index)
    {
        WriteConfiguration(index);
        await Commands.RunAsync("nginx", "-c", ConfigurationPath, "-s", "reload");
    }

    public void Dispose() => _process.Dispose();

    private void WriteConfiguration(int index) =>
        _workspace.Write("nginx.conf", NginxText.Proxy(_workspace.PathOf("nginx.pid"), _port, _backends[index]));
}

/// <summary>nginx configurations: keep-alive on both sides, no access log, as many workers as cores.</summary>
internal static class NginxText
{
    public static string Proxy(string pidFile, int port, int backend) => Frame(pidFile, "auto", string.Create(CultureInfo.InvariantCulture, $$"""
            upstream backend { server 127.0.0.1:{{backend}}; keepalive 128; keepalive_requests 1000000; }
            server {
                listen 127.0.0.1:{{port}} backlog=1024;
                location / {
                    proxy_pass http://backend;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                }
            }
        """));

    /// <summary>Answers everything by itself: the cheapest backend there is.</summary>
    public static string Backend(string pidFile, int port) => Frame(pidFile, "1", string.Create(CultureInfo.InvariantCulture, $$"""
            server {
                listen 127.0.0.1:{{port}} backlog=1024;
                location / { default_type text/plain; return 200 "hello from the backend, which says a hundred bytes or so to whoever asks it, and nothing else at all.\n"; }
            }
        """));

    private static string Frame(string pidFile, string workers, string servers) => $$"""
        worker_processes {{workers}};
        pid {{pidFile}};
        error_log stderr error;
        events { worker_connections 4096; }
        http {
            access_log off;
            keepalive_requests 1000000;
            client_body_temp_path {{pidFile}}.body; proxy_temp_path {{pidFile}}.proxy; fastcgi_temp_path {{pidFile}}.fcgi;
            uwsgi_temp_path {{pidFile}}.uwsgi; scgi_temp_path {{pidFile}}.scgi;
        {{servers}}
        }
        """;
}
