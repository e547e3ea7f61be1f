using Signalbox.Pipelines.Shell;
using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>
/// Probes that follow from what a container says already: the question of its other probe, the file by which its own script
/// says how it is, its first TCP port, or the port that its image is known to listen on. From nothing follows no probe.
/// </summary>
internal static class ProbeFix
{
    // twice the API's default: a restart is the last resort, and liveness must not be quicker than readiness
    private const long PatientFailures = 6;

    private static readonly string[] s_handlers = ["httpGet", "tcpSocket", "grpc", "exec"];

    /// <summary>A liveness probe, more patient than the readiness probe.</summary>
    public static Fix? Liveness(PodContainer container, Report report) => Of(container, report, "livenessProbe", ["readinessProbe", "startupProbe"], s_alive);

    /// <summary>A readiness probe, less patient than the liveness probe.</summary>
    public static Fix? Readiness(PodContainer container, Report report) => Of(container, report, "readinessProbe", ["livenessProbe", "startupProbe"], s_ready);

    private static Fix? Of(PodContainer container, Report report, string name, ReadOnlySpan<string> others, HashSet<string> signs)
    {
        var text = report.File.Text;
        foreach (var other in others)
            if (Probe.Of(container, other) is { } probe)
                return Handler(text, probe) is { } same ? Fix(container, report, name, $"ask what the {other} asks", same, Numbers(name, other, probe)) : null;
        var (title, value, path) = Sign(container, signs) is { } file ? ($"look for {file}", $"[cat, {file}]", ("exec", "command"))
            : DeclaredPort(container) is { } port ? ($"ask port {port}", $"{port}", ("tcpSocket", "port"))
            : KnownPort(container) is { } known ? ($"ask port {known}, the usual one of {container.EffectiveImage!.Name}", $"{known}", ("tcpSocket", "port")) : ("", null, default);
        return value is null ? null
            : Fix(container, report, name, title, ManifestFix.Entry(text, container.Root, value, path.Item1, path.Item2), name == "livenessProbe" ? [("failureThreshold", PatientFailures)] : []);
    }

    private static Fix Fix(PodContainer container, Report report, string name, string title, string handler, IReadOnlyList<(string Key, long Value)> numbers)
    {
        var (text, root) = (report.File.Text, container.Root);
        string[] parts = [handler, .. numbers.Select(n => ManifestFix.Entry(text, root, $"{n.Value}", n.Key))];
        var entry = ManifestFix.IsFlow(text, root) ? ManifestFix.Entry(text, root, $"{{ {string.Join(", ", parts)} }}", name)
            : $"{name}:\n" + YamlPatch.Indented(string.Join('\n', parts), 2, "\n");
        return report.Fix(FixSafety.Unsafe, title, YamlPatch.Add(text, root, entry));
    }

    /// <summary>The other probe's question as it is written, moved to column 0; null where it shares lines with other places.</summary>
    private static string? Handler(YamlText text, Probe probe)
    {
        if (s_handlers.Select(h => (probe.Node as YamlMapping)?.Find(h)).FirstOrDefault(e => e is not null) is not { } entry) return null;
        var written = text.Slice(entry.Range).ReplaceLineEndings("\n");
        if (written.AsSpan().ContainsAny('&', '*', '#')) return null;
        var indent = YamlPatch.Column(text.Content, entry.Range.Start);
        return string.Join('\n', written.Split('\n').Select((line, i) => i == 0 ? line : line[Math.Min(indent, line.Length - line.TrimStart(' ').Length)..]));
    }

    private static List<(string, long)> Numbers(string name, string other, Probe probe)
    {
        var numbers = new List<(string, long)>();
        void Keep(string key)
        {
            if (probe.Node.Number(key) is { } number) numbers.Add((key, number));
        }
        if (name == "livenessProbe" && other == "readinessProbe") Keep("initialDelaySeconds");
        Keep("timeoutSeconds");
        if (other == "startupProbe") return numbers;
        Keep("periodSeconds");
        if (name == "livenessProbe") numbers.Add(("failureThreshold", 2 * Math.Min(probe.FailureThreshold, int.MaxValue / 2)));
        else if (probe.InitialDelay == 0 && probe.FailureThreshold <= 3) numbers.Add(("failureThreshold", Math.Max(1, probe.FailureThreshold - 1)));
        return numbers;
    }

    private static readonly HashSet<string> s_alive = new(StringComparer.Ordinal) { "healthy", "health", "alive", "live", "liveness", "heartbeat" };
    private static readonly HashSet<string> s_ready = new(StringComparer.Ordinal) { "ready", "readiness", "healthy", "health" };

    /// <summary>A file that the container's own script makes to say how it is: <c>touch /tmp/healthy</c>.</summary>
    private static string? Sign(PodContainer container, HashSet<string> signs)
    {
        if (container.Root.Get("command").Items().Concat(container.Root.Get("args").Items()).Select(i => i.Text() ?? "").ToArray() is not [var shell, "-c" or "-ec" or "-lc", var script, ..] || !shell.EndsWith("sh", StringComparison.Ordinal)) return null;
        return ShellScript.Parse(script).Commands.Where(c => c.Program == "touch").SelectMany(c => c.Arguments).Select(a => a.Text)
            .FirstOrDefault(f => f.StartsWith('/') && f.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_') && signs.Contains(Path.GetFileNameWithoutExtension(f)));
    }

    private static long? DeclaredPort(PodContainer container) => container.Ports.FirstOrDefault(p => p.Text("protocol") is null or "TCP")?.Number("containerPort");

    // told otherwise, an image may listen elsewhere
    private static int? KnownPort(PodContainer container) =>
        !container.Ports.Any() && container.Root.Get("command") is null && container.Root.Get("args") is null && container.EffectiveImage is { } image ? ImagePorts.Of(image) : null;
}
