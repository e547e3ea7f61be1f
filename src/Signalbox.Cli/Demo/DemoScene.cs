using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Signalbox.Cli.Control;
using Signalbox.Cli.Example;
using Signalbox.Host.Supervision;

namespace Signalbox.Cli.Demo;

/// <summary>A temporary state directory and application, the daemons on it, and the end of them all.</summary>
internal sealed class DemoScene : IAsyncDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("signalbox-demo-");

    public DemoScene()
    {
        // the demo's workloads are our own program, which another user could perhaps not read where it lies
        Environment.SetEnvironmentVariable(SupervisionPaths.SameUserVariable, "1");
        State = new(Path.Combine(_root.FullName, "state"));
        Application = Path.Combine(_root.FullName, "shop");
        Port = FreePort();
        Directory.CreateDirectory(Application);
        File.WriteAllText(Path.Combine(Application, "signalbox.yaml"), Yaml(Port));
    }

    public Installation State { get; }

    /// <summary>The directory that is deployed.</summary>
    public string Application { get; }

    public int Port { get; }

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}"));

    public void Write(ExampleBehaviour behaviour) => behaviour.Write(Path.Combine(Application, "app.json"));

    public async ValueTask DisposeAsync()
    {
        await Shutdown.RunAsync(State).ConfigureAwait(false);
        if (State.Exists) State.Remove();
        _root.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>Short times, so that the story fits in half a minute; 60 good requests in a row show a bad rate below 5 %.</summary>
    private static string Yaml(int port) => string.Create(CultureInfo.InvariantCulture, $$"""
        apiVersion: signalbox/v1
        application: shop
        process: { command: [signalbox, example-app] }
        port: {{port}}
        instances: 2
        health: { http: /healthz }
        environments:
          - name: production
            strategy:
              canary:
                steps: [{ weight: 10%, for: 3s }, { weight: 50%, for: 3s }]
                bake: 3s
                keepWarm: 5s
                analysis: { limit: 5% }

        """);
}
