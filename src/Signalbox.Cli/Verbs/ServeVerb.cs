using System.CommandLine;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Signalbox.Diagnostics;
using Signalbox.Runtimes.Local;
using Signalbox.Server;
using Signalbox.Server.Telemetry;

namespace Signalbox.Cli.Verbs;

internal static class ServeVerb
{
    private static readonly Option<string?> Listen = new("--listen") { Description = "where the API listens (default: 127.0.0.1:7433, or a free port where that is taken)", HelpName = "ADDRESS:PORT" };
    private static readonly Option<string[]> AllowHost = new("--allow-host") { Description = "a host name, beside loopback ones, that requests may be addressed to; repeat for several", HelpName = "NAME" };

    private static readonly Option<bool> AllowPlainHttp = new("--allow-plain-http") { Description = "let --listen be more than loopback: tokens then travel in clear, for there is no TLS" };

    private static readonly Option<bool> BehindTls = new("--behind-tls") { Description = "believe X-Forwarded-Proto: a proxy before this server ends TLS" };

    private static readonly Option<string?> Identities = new("--identities") { Description = "whose CI jobs are let in by their own tokens (default: identities.yaml in the state directory)", HelpName = "FILE" };

    public static Command Create()
    {
        var verb = new Verb("serve", "Run the control plane in the foreground: it decides, and serves the API. `up` starts it for you.",
            "signalbox serve --state /var/lib/signalbox", "signalbox serve --listen 127.0.0.1:9000");
        verb.Add(Listen);
        verb.Add(AllowHost);
        verb.Add(AllowPlainHttp);
        verb.Add(BehindTls);
        verb.Add(Identities);
        verb.Add(DaemonVerb.Daemon());
        return verb.Does(RunAsync);
    }

    private static async Task<int> RunAsync(Session session)
    {
        var listen = session.Get(Listen) is { } text ? ParseListen(text) : null;
        session.State.Create();
        string? deposed = null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(session.Cancel);
        using var host = new HostSocketClient(session.State.Path);
        var options = new ServeOptions(session.State.Path, ProductVersion.Number)
        {
            Listen = listen,
            AllowedHosts = session.Get(AllowHost) ?? [],
            AllowPlainHttp = session.Get(AllowPlainHttp),
            BehindTls = session.Get(BehindTls),
            Otlp = Otlp(),
            Identities = session.Get(Identities),
            Program = NativeProgram,
            Log = Log,
        };
        var plane = new ControlPlaneOptions(ProductVersion.Number, Log, why =>
        {
            deposed = why;
            stop.Cancel();
        });
        await ControlPlaneServer.RunAsync(options, (services, _) => Task.FromResult<IControlPlane>(ControlPlane.Start(services, host, plane)), stop.Token).ConfigureAwait(false);
        return deposed is null ? ExitCode.Yes : throw new SignalboxException(ExitCode.No, Finding.Error("control-plane-deposed", deposed, new(session.State.Path), "signalbox status"));
    }

    /// <summary>What runs, also where its file was replaced since; null where it runs from several files, or on another kind of machine than runners are.</summary>
    private static string? NativeProgram =>
        !RuntimeFeature.IsDynamicCodeSupported && RuntimeInformation.OSArchitecture == Architecture.X64 && OperatingSystem.IsLinux() ? "/proc/self/exe" : null;

    private static OtlpOptions? Otlp()
    {
        const string variable = "OTEL_EXPORTER_OTLP_ENDPOINT";
        if (OtlpOptions.Read(Environment.GetEnvironmentVariable(variable), Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_HEADERS")) is not { } read) return null;
        return read.Options ?? throw new SignalboxException(ExitCode.Usage, Finding.Error("otlp-endpoint", $"{variable} {read.Problem}", new("environment"), $"{variable}=http://127.0.0.1:4318 signalbox serve"));
    }

    private static void Log(string line) => DaemonVerb.Write(Console.Error, DaemonVerb.Line(DateTimeOffset.UtcNow, "information", line));

    private static IPEndPoint ParseListen(string text) => IPEndPoint.TryParse(text, out var endpoint) && text.Contains(':', StringComparison.Ordinal)
        ? endpoint
        : throw new SignalboxException(ExitCode.Usage, Finding.Error(
            "listen-malformed", $"'{text}' is not an address to listen on; expected ADDRESS:PORT", new("command line"), "signalbox serve --listen 127.0.0.1:7433"));
}
