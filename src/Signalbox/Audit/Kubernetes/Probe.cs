using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>A probe's numbers with the API's defaults filled in, in seconds and tries.</summary>
internal sealed record Probe(YamlEntry Entry)
{
    public static Probe? Of(PodContainer container, string name) =>
        container.Root.Entry(name) is { Value: YamlMapping { Entries.Count: > 0 } } entry ? new(entry) : null;

    public YamlNode Node => Entry.Value;

    public long InitialDelay => Math.Max(0, Node.Number("initialDelaySeconds") ?? 0);

    public long Period => Math.Max(1, Node.Number("periodSeconds") ?? 10);

    public long FailureThreshold => Math.Max(1, Node.Number("failureThreshold") ?? 3);

    /// <summary>How long a container may fail it from its start on before it counts as failed.</summary>
    public long Patience => InitialDelay + Math.Min(Period, int.MaxValue) * Math.Min(FailureThreshold, int.MaxValue);

    /// <summary>The port it asks, by number or name; null where it runs a command.</summary>
    public YamlEntry? Port => Node.Get("httpGet").Entry("port") ?? Node.Get("tcpSocket").Entry("port") ?? Node.Get("grpc").Entry("port");

    /// <summary>Whether both ask the same question.</summary>
    public bool AsksTheSameAs(Probe other) => Question.Length > 0 && Question == other.Question;

    private string Question => Node.Get("httpGet") is { } http ? $"http {http.Text("scheme") ?? "HTTP"} {http.Text("host")}:{http.Text("port")} {http.Text("path") ?? "/"}"
        : Node.Get("tcpSocket") is { } tcp ? $"tcp {tcp.Text("host")}:{tcp.Text("port")}"
        : Node.Get("grpc") is { } grpc ? $"grpc {grpc.Text("port")} {grpc.Text("service")}"
        : Node.Get("exec", "command") is { } command ? "exec " + string.Join('\0', command.Items().Select(i => i.Text()))
        : "";
}
