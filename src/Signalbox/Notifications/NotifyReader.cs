using Signalbox.Delivery.Reading;
using Signalbox.Diagnostics;
using Signalbox.Yaml;

namespace Signalbox.Notifications;

/// <param name="Settings">Null where the file has errors.</param>
public sealed record NotifyFile(NotifySettings? Settings, IReadOnlyList<Finding> Findings);

/// <summary>Reads notify.yaml and says everything that is wrong with it at once. Hostile text gives findings, never an exception.</summary>
public static class NotifyReader
{
    public const string ApiVersion = "signalbox-notify/v1";

    /// <summary>Most bytes of the file.</summary>
    public const int MostBytes = 64 << 10;

    private const int MostSinks = 20, MostEntries = 50;

    private static readonly Shape s_file = new("notify",
    [
        ("apiVersion", ApiVersion), ("link", "https://signalbox.example.com"), ("runbook", "\"https://wiki.example.com/{application}/{environment}\""),
        ("sinks", "[{ name: chat, kind: slack, urlEnv: SLACK_URL }]"),
    ]);

    private static readonly Shape s_sink = new("sink",
    [
        ("name", "chat"), ("kind", "slack"), ("on", "[rolledBack, waiting]"), ("environments", "[production]"), ("applications", "[shop]"),
        ("url", "https://hooks.example.com/signalbox"), ("urlEnv", "SLACK_URL"), ("urlFile", "/etc/signalbox/slack-url"),
        ("secretEnv", "WEBHOOK_SECRET"), ("secretFile", "/etc/signalbox/webhook-secret"),
        ("relay", "\"127.0.0.1:25\""), ("from", "signalbox@example.com"), ("to", "[ops@example.com]"),
    ]);

    private static readonly (string Word, NotificationKind Kind)[] s_kinds =
    [
        ("started", NotificationKind.Started), ("succeeded", NotificationKind.Succeeded), ("rolledBack", NotificationKind.RolledBack),
        ("failed", NotificationKind.Failed), ("waiting", NotificationKind.Waiting),
    ];

    /// <param name="name">What findings call the file.</param>
    public static NotifyFile Read(ReadOnlySpan<byte> utf8, string name)
    {
        var document = YamlReader.Read(utf8, new(MaxBytes: MostBytes));
        var file = new FileContext(name, document.Text, "notify", "signalbox notify set --help");
        foreach (var problem in document.Problems) file.Add(problem);
        var settings = document.Root is { } root and not YamlScalar { IsNull: true } ? Settings(file, root) : Nothing(file);
        var failed = settings is null || file.Findings.Any(finding => finding.Severity == Severity.Error);
        return new(failed ? null : settings, FindingOrder.Sort(file.Findings));
    }

    private static NotifySettings? Nothing(FileContext file)
    {
        if (file.Findings.Count == 0) file.Error(DeliveryIds.Empty, "the file says nothing; expected settings of notifications", new(1, 1, 1), $"apiVersion: {ApiVersion}");
        return null;
    }

    private static NotifySettings? Settings(FileContext file, YamlNode root)
    {
        if (Section.Open(file, s_file, root, "the settings", $"apiVersion: {ApiVersion}") is not { } section) return null;
        if (!section.Has("apiVersion")) section.Missing("apiVersion");
        else section.Choice("apiVersion", 0, (ApiVersion, 0));
        if (!section.Has("sinks")) section.Missing("sinks");
        // an empty list is how they are turned off
        var nodes = section.Node("sinks") is YamlSequence { Items.Count: 0 } ? [] : section.List("sinks", MostSinks);
        var sinks = nodes.Select((node, i) => Sink(file, node, i + 1)).OfType<NotifySink>().ToList();
        foreach (var twice in sinks.GroupBy(sink => sink.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            file.Error(DeliveryIds.DuplicateName, $"two sinks are named '{twice.Key}'; expected different names", section.Node("sinks")!.Span, $"name: {twice.Key}-2", "give one another name");
        return new(Web(section, "link")?.TrimEnd('/'), Web(section, "runbook"), sinks);
    }

    private static NotifySink? Sink(FileContext file, YamlNode node, int number)
    {
        if (Section.Open(file, s_sink, node, $"sink {number}", s_file.Line("sinks")) is not { } section) return null;
        if (!section.Has("kind")) section.Missing("kind");
        var kind = section.Choice("kind", SinkKind.Webhook, ("webhook", SinkKind.Webhook), ("slack", SinkKind.Slack), ("email", SinkKind.Email), ("cloudEvents", SinkKind.CloudEvents));
        var sink = new NotifySink(
            DnsName.Read(section, "name"), kind, section.Has("on") ? [.. Texts(section, "on").Select(word => Kind(section, word)).Distinct()] : [.. s_kinds.Select(one => one.Kind)],
            Texts(section, "environments"), Texts(section, "applications"));
        return kind == SinkKind.Email ? Email(section, sink) : Post(section, sink);
    }

    private static readonly string[] s_mailboxKeys = ["from", "to"], s_emailKeys = ["relay", .. s_mailboxKeys], s_secretKeys = ["secretEnv", "secretFile"], s_postKeys = ["url", "urlEnv", "urlFile", .. s_secretKeys];

    private static NotifySink Post(Section section, NotifySink sink)
    {
        foreach (var key in s_emailKeys.Where(section.Has)) Stray(section, key, sink.Kind);
        if (sink.Kind == SinkKind.Slack)
            foreach (var key in s_secretKeys.Where(section.Has)) Stray(section, key, sink.Kind);
        if (section.OnlyOneOf("url", "urlEnv", "urlFile") is null) section.Missing(sink.Kind == SinkKind.Slack ? "urlEnv" : "url");
        // whoever has the address may post, and settings are read by many
        if (sink.Kind == SinkKind.Slack && section.Has("url"))
            section.File.Error(DeliveryIds.InvalidValue, "a Slack webhook's address is itself a secret; expected urlEnv or urlFile", section.KeySpan("url"), s_sink.Line("urlEnv"), "say where it lies");
        var secret = section.OnlyOneOf("secretEnv", "secretFile");
        if (secret is null && sink.Kind == SinkKind.Webhook) section.Missing("secretEnv");
        return sink with
        {
            Address = new(Web(section, "url"), Variable(section, "urlEnv"), Path(section, "urlFile")),
            Secret = secret is null ? null : new(null, Variable(section, "secretEnv"), Path(section, "secretFile")),
        };
    }

    private static NotifySink Email(Section section, NotifySink sink)
    {
        foreach (var key in s_postKeys.Where(section.Has)) Stray(section, key, sink.Kind);
        foreach (var key in s_mailboxKeys.Where(key => !section.Has(key))) section.Missing(key);
        var (host, port) = Relay(section);
        return sink with { RelayHost = host, RelayPort = port, From = Mailbox(section, "from", section.Text("from")) ?? "", To = [.. Texts(section, "to").Select(to => Mailbox(section, "to", to)).OfType<string>()] };
    }

    /// <summary>Only a relay on this machine: mail to any other would travel, and be taken, unproven.</summary>
    private static (string Host, int Port) Relay(Section section)
    {
        if (section.Text("relay") is not { } text) return ("127.0.0.1", 25);
        if (System.Net.IPEndPoint.TryParse(text, out var at) && System.Net.IPAddress.IsLoopback(at.Address) && at.Port > 0) return (at.Address.ToString(), at.Port);
        section.File.Invalid(section.Node("relay")!, "relay", text, "a loopback address with its port", s_sink.Line("relay"));
        return ("127.0.0.1", 25);
    }

    private static string? Mailbox(Section section, string key, string? text)
    {
        if (text is null) return null;
        if (text.Length <= 254 && !text.Any(c => char.IsControl(c) || c is ',' or ';' or '<' or '>' or ' ') && text.IndexOf('@') is > 0 and var at && at == text.LastIndexOf('@') && at < text.Length - 1) return text;
        section.File.Invalid(section.Node(key)!, key, text, "a mail address such as ops@example.com", s_sink.Line(key));
        return null;
    }

    private static string? Web(Section section, string key)
    {
        if (section.Text(key) is not { } text) return null;
        if (text.Length <= 2048 && Uri.TryCreate(text.Replace('{', 'x').Replace('}', 'x'), UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0 && (uri.Scheme == "https" || (uri.Scheme == "http" && uri.IsLoopback))) return text;
        section.File.Invalid(section.Node(key)!, key, text, "an address that begins with https:// (http:// to this machine only)", section.Shape.Line(key));
        return null;
    }

    private static string? Variable(Section section, string key)
    {
        if (section.Text(key) is not { } text) return null;
        if (text.Length is > 0 and <= 128 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !char.IsAsciiDigit(text[0])) return text;
        section.File.Invalid(section.Node(key)!, key, text, "the name of an environment variable", s_sink.Line(key));
        return null;
    }

    private static string? Path(Section section, string key)
    {
        if (section.Text(key) is not { } text) return null;
        if (text.Length <= 1024 && text.StartsWith('/') && !text.Contains('\0')) return text;
        section.File.Invalid(section.Node(key)!, key, text, "the absolute path of a file", s_sink.Line(key));
        return null;
    }

    private static void Stray(Section section, string key, SinkKind kind) =>
        section.File.Error(DeliveryIds.ConflictingKeys, $"'{key}' means nothing to a sink of kind {kind}", section.KeySpan(key), s_sink.Line("kind"), "remove it");

    private static NotificationKind Kind(Section section, string word)
    {
        foreach (var (known, kind) in s_kinds)
            if (known == word) return kind;
        section.File.Invalid(section.Node("on")!, "on", word, "some of " + string.Join(", ", s_kinds.Select(one => one.Word)), s_sink.Line("on"));
        return NotificationKind.Waiting;
    }

    private static List<string> Texts(Section section, string key)
    {
        var texts = new List<string>();
        foreach (var node in section.List(key, MostEntries))
            if (node is YamlScalar { IsNull: false, Value: { Length: > 0 and <= 254 } text }) texts.Add(text);
            else section.File.WrongType(node, $"an entry of {key}", "text of at most 254 characters", s_sink.Line(key));
        return texts;
    }
}
