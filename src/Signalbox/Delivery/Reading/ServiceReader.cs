using System.Net;
using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>Reads a service, and what an environment says anew about one.</summary>
internal static class ServiceReader
{
    public static ReadService Read(Section section, string name)
    {
        var kind = section.Shape.Has("kind")
            ? section.Choice("kind", ServiceKind.Web, ("web", ServiceKind.Web), ("worker", ServiceKind.Worker), ("cron", ServiceKind.Cron))
            : ServiceKind.Web;
        var process = section.Open("process", Shapes.Process);
        if (!section.Has("process")) section.Missing("process");
        var data = section.Choice("data", DataMode.Shared, ("shared", DataMode.Shared), ("exclusive", DataMode.Exclusive));
        var value = new ServiceConfiguration(
            name, kind, Artifact(section), process is null ? [] : CommandReader.Read(process, "command"), Environment(section),
            HealthReader.Read(section, kind), Listen(section, kind), section.Integer("instances", 1, 1000, 1), data, Sticky(section, kind),
            Objective(section, new()), StopGrace(section, DeliveryDefaults.StopGrace), DrainTimeout(section, DeliveryDefaults.DrainTimeout))
        {
            Schedule = ScheduleReader.Read(section, kind),
        };
        var command = process?.Node("command")?.Span ?? section.KeySpan("process");
        return new(value, section.Span, section.Node("artifact")?.Span ?? section.Span, command,
            section.Node("port")?.Span ?? section.Span, section.Node("data")?.Span ?? section.Span);
    }

    /// <summary>The service as an environment has it.</summary>
    public static ReadService Override(ReadService service, Section section)
    {
        var before = service.Value;
        var value = before with
        {
            Environment = Merge(before.Environment, Environment(section)),
            Health = section.Has("health") ? HealthReader.Read(section, before.Kind) : before.Health,
            Listen = section.Has("port") ? Listen(section, before.Kind) : before.Listen,
            Instances = section.Integer("instances", 1, 1000, before.Instances),
            Objective = Objective(section, before.Objective),
            StopGrace = StopGrace(section, before.StopGrace),
            DrainTimeout = DrainTimeout(section, before.DrainTimeout),
        };
        return service with { Value = value, Port = section.Node("port")?.Span ?? service.Port };
    }

    private static string Artifact(Section section)
    {
        if (section.Node("artifact") is YamlMapping image && image.Find("image") is { } entry)
        {
            section.File.Error(DeliveryIds.NotYet, "images are not run by this version of signalbox yet", entry.Key.Span, "artifact: .", "comes later");
            return ".";
        }
        var path = section.Text("artifact") ?? ".";
        if (!Escapes(path)) return path;
        section.File.Error(DeliveryIds.ArtifactEscapes, $"artifact '{YamlQuote.Short(path)}' lies outside the directory of this file",
            section.Node("artifact")!.Span, "artifact: .", "expected a relative path that does not lead out");
        return ".";
    }

    private static bool Escapes(string path)
    {
        if (path.Length == 0 || path.StartsWith('/') || path.Contains('\\') || path.Contains('\0')) return true;
        var depth = 0;
        foreach (var part in path.Split('/'))
        {
            if (part == "..") depth--;
            else if (part is not ("" or ".")) depth++;
            if (depth < 0) return true;
        }
        return false;
    }

    private static IReadOnlyDictionary<string, string> Environment(Section section) => section.TextMap("env", name =>
    {
        if (name.Value == "PORT")
            section.File.Error(DeliveryIds.InvalidValue, "PORT is set by signalbox for each instance; expected another name", name.Span,
                section.Shape.Has("port") ? section.Shape.Line("port") : null, "remove it; 'port' is where the proxy listens");
        else if (IsVariable(name.Value))
            return true;
        else
            section.File.Invalid(name, "the variable's name", name.Value, "letters, digits and underscores", "LOG_LEVEL: info");
        return false;
    });

    internal static bool IsVariable(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static SortedDictionary<string, string> Merge(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> more)
    {
        var merged = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in before.Concat(more)) merged[name] = value;
        return merged;
    }

    private static ListenAddress? Listen(Section section, ServiceKind kind)
    {
        if (section.Node("port") is not { } node) return null;
        if (kind != ServiceKind.Web)
        {
            section.File.Error(DeliveryIds.ConflictingKeys, $"a {kind.ToString().ToLowerInvariant()} takes no requests and has no port; expected kind web",
                section.KeySpan("port"), "kind: web", "remove it, or make it a web service");
            return null;
        }
        if (node is not YamlScalar { IsNull: false } scalar)
        {
            section.File.WrongType(node, "port", "a port such as 8080", section.Shape.Line("port"));
            return null;
        }
        if (Address(scalar.Value) is { } address) return address;
        section.File.Invalid(scalar, "port", scalar.Value, "a port from 1 to 65535, or ADDRESS:PORT", section.Shape.Line("port"));
        return null;
    }

    internal static ListenAddress? Address(string text)
    {
        var colon = text.LastIndexOf(':');
        if (!ushort.TryParse(text.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out var port) || port == 0) return null;
        if (colon < 0) return new("127.0.0.1", port);
        var host = text[..colon];
        if (host.Contains(':') != (host.StartsWith('[') && host.EndsWith(']'))) return null;
        // IPAddress also takes "8" and "0x7f.1"; only the written form is an address here
        return IPAddress.TryParse(host.Trim('[', ']'), out var ip) && (host.Contains(':') || host.Count(c => c == '.') == 3)
            ? new(ip.ToString(), port)
            : null;
    }

    private static StickyKey? Sticky(Section section, ServiceKind kind)
    {
        if (section.Open("sticky", Shapes.Sticky) is not { } sticky) return null;
        if (kind != ServiceKind.Web)
            section.File.Error(DeliveryIds.ConflictingKeys, "only a web service has requests that can stick", section.KeySpan("sticky"), "kind: web", "remove it");
        switch (sticky.OnlyOneOf("cookie", "header", "clientAddress"))
        {
            case "cookie": return new(Cookie: Token(sticky, "cookie"));
            case "header": return new(Header: Token(sticky, "header"));
            case "clientAddress": return sticky.Boolean("clientAddress", true) ? new(ClientAddress: true) : null;
            default:
                sticky.Missing("cookie");
                return null;
        }
    }

    // RFC 9110, 5.6.2: names of headers and cookies are tokens
    internal static bool IsToken(string name) =>
        name.Length is > 0 and <= 256 && name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c));

    private static string? Token(Section section, string key)
    {
        var name = section.Text(key);
        if (name is null || IsToken(name)) return name;
        section.File.Invalid(section.Node(key)!, key, name, $"a {key} name", section.Shape.Line(key));
        return null;
    }

    private static ServiceObjective Objective(Section section, ServiceObjective before)
    {
        if (section.Open("slo", Shapes.Objective) is not { } slo) return before;
        var latency = slo.Open("latency", Shapes.Latency);
        var p99 = latency is not null && latency.Has("p99") ? latency.Duration("p99", TimeSpan.Zero) : (TimeSpan?)null;
        return new(slo.Share("availability") ?? before.Availability, p99 ?? before.LatencyP99);
    }

    private static TimeSpan StopGrace(Section section, TimeSpan fallback) =>
        section.Open("stop", Shapes.Stop)?.Duration("grace", fallback, zero: true) ?? fallback;

    private static TimeSpan DrainTimeout(Section section, TimeSpan fallback) =>
        section.Open("stop", Shapes.Stop)?.Duration("drain", fallback, zero: true) ?? fallback;
}
